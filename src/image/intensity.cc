#include "image/intensity.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mammograft {

std::array<uint16_t, 2> intensity_window(const cv::Mat& pixels, const cv::Mat& mask,
                                         double low_percentile, double high_percentile) {
  std::vector<uint32_t> histogram(65536, 0);
  uint64_t total = 0;
  for (int y = 0; y < pixels.rows; ++y) {
    const uint16_t* in = pixels.ptr<uint16_t>(y);
    const uint8_t* inside = mask.empty() ? nullptr : mask.ptr<uint8_t>(y);
    for (int x = 0; x < pixels.cols; ++x) {
      if (inside && !inside[x]) continue;
      ++histogram[in[x]];
      ++total;
    }
  }
  if (total == 0) return {0, 65535};
  const auto value_at = [&](double percentile) {
    const double rank = std::max(1.0, std::ceil(percentile / 100 * static_cast<double>(total)));
    uint64_t seen = 0;
    for (size_t value = 0; value < histogram.size(); ++value) {
      seen += histogram[value];
      if (static_cast<double>(seen) >= rank) return static_cast<uint16_t>(value);
    }
    return uint16_t{65535};
  };
  return {value_at(low_percentile), value_at(high_percentile)};
}

}  // namespace mammograft
