// The mask under which a detection is scored.
#pragma once

#include "cohort/cohort.h"
#include "cohort/detections.h"

namespace mammograft {

// Throws bad_input where the detection has a mask whose size is not the image's.
void check_mask_size(const Detection& detection, const ImageRecord& image);

// Its mask, else its filled box. Throws as check_mask_size().
Rle detection_mask(const Detection& detection, const ImageRecord& image);

// Whether the pixel in which the point lies is set; beyond the image none is.
bool covers(const Rle& mask, Point point);

}  // namespace mammograft
