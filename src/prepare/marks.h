// What segmentations and reports of a DICOM archive say of its images.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "dicom/dicom_file.h"

namespace mammograft {

// What somebody, or some program, drew on an image.
struct Mark {
  std::string instance;  // SOP Instance UID of the image
  bool is_mass = true;   // by its code, also where there is none
  bool by_program = false;
  std::optional<Annotation> annotation;  // in pixels of the image; none: a point, a ruler
};

// Of a segmentation or of a measurement report by TID 1500 (masks without a pixel left out);
// nothing for other objects. Throws bad_input as read_segmentation() and read_measurement_sr() do.
std::optional<std::vector<Mark>> read_marks(const DicomFile& file);

}  // namespace mammograft
