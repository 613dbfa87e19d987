// Regions that people drew in a viewer and saved as a measurement report (PS3.16 TID 1500).
#pragma once

#include <string>
#include <vector>

#include "dicom/code.h"
#include "dicom/dicom_file.h"
#include "image/polygon.h"

namespace mammograft {

// A region that somebody drew in an image.
struct MeasuredRegion {
  std::string instance;  // SOP Instance UID of the image
  Polygon outline;       // in its pixels, not closed by its first point; empty: has no inside
  Code finding;          // as the group says; empty where it does not
  bool by_program;       // the report's observer is a device alone
};

// Closed lines, circles and ellipses in the measurement groups of a report, each once; points,
// rulers and angles, which have no inside, once for an image ("": it is not said which). Throws
// bad_input for what is no report by TID 1500, refers to no image, or has an outline of which it
// does not say in which image it lies.
std::vector<MeasuredRegion> read_measurement_sr(const DicomFile& file);

}  // namespace mammograft
