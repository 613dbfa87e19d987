// What lies near a mask.
#pragma once

#include <array>
#include <opencv2/core.hpp>

namespace mammograft {

// The mask (CV_8UC1) and every pixel whose centre is at most `mm` from the centre of one of its
// pixels: CV_8UC1, 0 or 255. `mm_per_px`: row, column. The region Omega that a graft changes, where
// nobody says otherwise. Throws defect for another type, a spacing of 0 or a distance below.
cv::Mat dilated(const cv::Mat& mask, double mm, const std::array<double, 2>& mm_per_px);

}  // namespace mammograft
