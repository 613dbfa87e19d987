// Where in a breast glandular tissue is.
#pragma once

#include <opencv2/core.hpp>

#include "image/box.h"

namespace mammograft {

// The share of dense tissue around every place, on a small copy of the image.
class GlandularShare {
 public:
  GlandularShare() = default;  // empty: 1 everywhere

  // Dense is what is above Otsu's threshold of the breast without the muscle, which splits every
  // breast, a fatty one too, into its denser and its fatter part. pixels: CV_16UC1; breast,
  // pectoral: CV_8UC1. `around_mm`: the radius within which shares are taken.
  GlandularShare(const cv::Mat& pixels, const cv::Mat& breast, const cv::Mat& pectoral,
                 double mm_per_px, double around_mm = 10);

  // 0 .. 1. `place`: in shares of the image's width and height, so that it holds on every grid.
  double at(Point place) const;
  bool empty() const { return share_.empty(); }

 private:
  cv::Mat share_;  // CV_8UC1, 255 is all
};

}  // namespace mammograft
