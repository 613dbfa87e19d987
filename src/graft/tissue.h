// Which pixels of an image are breast, and which of them pectoral muscle.
#pragma once

#include <opencv2/core.hpp>

#include "cohort/cohort.h"

namespace mammograft {

struct Tissue {
  cv::Mat breast;    // CV_8UC1, 0 or 255, with the muscle
  cv::Mat pectoral;  // CV_8UC1, the same size
  bool chest_wall_left = true;
};

// From the outlines and the acquisition.chest_wall that the cohort holds, else by segmentation.
// pixels: CV_16UC1, full scale 65535. Where there is no breast the chest wall means nothing.
Tissue find_tissue(const cv::Mat& pixels, const ImageRecord& image);

}  // namespace mammograft
