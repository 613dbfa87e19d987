// Images at another size.
#pragma once

#include <opencv2/core.hpp>

namespace mammograft {

struct Resampling {
  enum class Growth { linear, cubic };
  // Where one side shrinks and the other grows: one after the other; both as if they shrank; both
  // as if they grew.
  enum class Mixed { by_axis, shrink, grow };
  Growth growth = Growth::linear;
  Mixed mixed = Mixed::by_axis;
};

// Averages over areas where the image shrinks, interpolates where it grows. Any type that
// cv::resize takes; an image of that size already comes back as it is, sharing its pixels.
cv::Mat resized(const cv::Mat& image, cv::Size size, const Resampling& how = {});

}  // namespace mammograft
