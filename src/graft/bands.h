// Bands of an image: what lies between two Gaussian blurs, whose deviations are told in millimetres
// so that films of different pixel sizes are compared in structures of one size.
#pragma once

#include <array>
#include <opencv2/core.hpp>

namespace mammograft {

// Whether a blur by `mm` (mm_per_px: of a row, of a column) changes anything: from a third of a
// pixel on, in one direction at least.
bool blur_changes(double mm, const std::array<double, 2>& mm_per_px);

// The image blurred by `mm`. CV_32FC1; the border is mirrored. Where that changes nothing the image
// itself is the answer.
cv::Mat blurred(const cv::Mat& image, double mm, const std::array<double, 2>& mm_per_px);

// Between the blurs of `fine_mm` and `coarse_mm`. CV_32FC1.
cv::Mat band(const cv::Mat& image, double fine_mm, double coarse_mm,
             const std::array<double, 2>& mm_per_px);

}  // namespace mammograft
