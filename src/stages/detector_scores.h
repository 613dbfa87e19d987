// What a detector that learnt from other patients gives the masses of a cohort: are grafts easier
// to find than real masses?
#pragma once

#include <filesystem>

#include "cohort/cohort.h"

namespace mammograft {

// Into the annotations (kDetectorScore of assess/assess.h): the highest score of a detection whose
// centre lies in the mass's box, 0 without one. Masses on images that were not searched get none.
// Files of several folds are attached one after the other. Throws io and bad_input as
// read_detections() does; bad_input where the file does not say which images were searched, where
// an image is not the cohort's or was searched before, and where the detector learnt from a patient
// that it searched.
void attach_detector_scores(const std::filesystem::path& detections, Cohort& cohort);

}  // namespace mammograft
