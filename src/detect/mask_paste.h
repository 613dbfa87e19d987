// A mask head's small picture of probabilities, placed into the image.
#pragma once

#include <opencv2/core.hpp>

#include "image/box.h"
#include "image/rle.h"

namespace mammograft {

// probability: CV_32FC1, as many rows as columns (kMaskSize), over `box` (pixels of an image of
// height x width). Pixels whose centre's interpolated probability is at least 0.5 are inside.
// torchvision's paste_masks_in_image rounds the box to whole pixels first; we sample at its true
// position.
Rle paste_mask(const cv::Mat& probability, const Box& box, int height, int width);

}  // namespace mammograft
