// A cohort as the release of INbreast would hold it: what importers and people who have no such
// release are tried with.
#pragma once

#include <filesystem>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "phantom/release_options.h"

namespace mammograft {

// Writes `out`/AllDICOMs, AllXML, PectoralMuscle/Pectoral Muscle XML and, last, INbreast.csv, with
// what makes the release hard to read: MLO is called ML in the names of files, the property lists
// have their keys in any order and names in several spellings, points beside the outlines of masses
// and on images of status other, a muscle as a line in one of two forms, side and view absent from
// every other header; no list where nothing is drawn; the table's headers have stray blanks and two
// footers follow. From it `prepare inbreast` gives back the images in their order (14 bits), who
// belongs together, sides, views, spacing, status, the outlines of masses and muscles. A patient
// is called by the hash of patient_id.
//
// Images need a patient, L or R, a view of CC, ML or MLO, and one spacing for rows and columns; of
// several masses on an image none may touch another one. Reads one image a thread at a time.
// Throws usage for options, bad_input for images that cannot stand in the release (before any is
// written), io, cancelled.
void write_inbreast_release(const Cohort& cohort, const std::filesystem::path& out,
                            const ReleaseOptions& options, Progress& progress);

}  // namespace mammograft
