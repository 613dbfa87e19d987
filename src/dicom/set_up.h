// DCMTK, set up once for the process: silent, lenient, with all of its codecs.
#pragma once

namespace mammograft {

// What DCMTK prints by itself would name patients and be no line of ours; headers that break its
// rules are read as far as they go. Called by all who open or make DICOM files. Thread-safe.
void set_up_dcmtk();

}  // namespace mammograft
