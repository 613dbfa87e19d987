// The grey levels that count as dark and as bright in one image: the scale on which lesions of
// another image, and networks, see it.
#pragma once

#include <opencv2/core.hpp>
#include <string>

#include "core/expect.h"
#include "core/options.h"
#include "image/intensity.h"

namespace mammograft {

// Not from the darkest pixels on: how wide the skin's slope and how dark the fat is differs between
// films that draw dense tissue, and the masses in it, alike. On grey levels from the 1st percentile
// CBIS-DDSM's tissue has 1.4 times mini-MIAS's contrast at every size (docs/graft-study.md).
struct IntensityOptions {
  std::string range = "full";
  double low_percentile = 30, high_percentile = 99.7;
  template <typename V>
  void fields(V&& v) {
    v.choice("range", range, {"full", "breast"},
             "scale of grey levels: the whole 16 bit (images of one device), or percentiles within "
             "each breast (images of several)");
    v("low_percentile", low_percentile,
      "percentile of the breast that counts as dark (1 at most for whole images: vanilla)");
    v("high_percentile", high_percentile, "percentile of the breast that counts as bright");
  }
};

inline void check(const IntensityOptions& options) {
  expect_within("intensity.low_percentile", options.low_percentile, 0, 100);
  expect_within("intensity.high_percentile", options.high_percentile, options.low_percentile, 100);
}

// Grey level low is -1, high is +1; both lie 1 apart at least.
struct IntensityRange {
  double low = 0, high = 65535;
};

// pixels CV_16UC1, breast CV_8UC1.
inline IntensityRange intensity_range(const cv::Mat& pixels, const cv::Mat& breast,
                                      const IntensityOptions& options) {
  if (options.range == "full") return {};
  const auto window =
      intensity_window(pixels, breast, options.low_percentile, options.high_percentile);
  return {static_cast<double>(window[0]),
          std::max<double>(window[1], static_cast<double>(window[0]) + 1)};
}

// By how much a difference of grey levels grows on the way from one range to another.
inline double gain_between(const IntensityRange& from, const IntensityRange& to) {
  return (to.high - to.low) / (from.high - from.low);
}

// Grey levels of one range as those of another. CV_32FC1.
inline cv::Mat convert_range(const cv::Mat& pixels, const IntensityRange& from,
                             const IntensityRange& to) {
  const double gain = gain_between(from, to);
  cv::Mat converted;
  pixels.convertTo(converted, CV_32F, gain, to.low - from.low * gain);
  return converted;
}

}  // namespace mammograft
