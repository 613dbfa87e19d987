// The range of grey levels that a breast fills.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core.hpp>

namespace mammograft {

// The percentiles of the pixels (CV_16UC1) where mask (CV_8UC1, or empty: everywhere) is nonzero:
// the smallest value that is >= `percentile` % of them. {0, 65535} where the mask is empty of
// pixels.
std::array<uint16_t, 2> intensity_window(const cv::Mat& pixels, const cv::Mat& mask,
                                         double low_percentile, double high_percentile);

}  // namespace mammograft
