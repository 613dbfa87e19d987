// A mass on its piece of an image: what every measure of a mass looks at.
#pragma once

#include <opencv2/core.hpp>

namespace mammograft {

// Pixels are square.
struct MassPatch {
  cv::Mat pixels;        // CV_16UC1 (full scale 65535) or CV_32FC1 (full scale 1)
  cv::Mat mask;          // CV_8UC1, nonzero inside the mass
  cv::Mat valid;         // CV_8UC1, nonzero where pixels count (the breast); empty: everywhere
  double mm_per_px = 0;  // > 0
};

// Throws defect when types or sizes differ from the above.
void check(const MassPatch& patch);

// Pixels of a patch as CV_32FC1, full scale 1.
cv::Mat full_scale_one(const cv::Mat& pixels);

// Of a disc of the mask's area, sqrt(area / pi), in pixels.
double equivalent_radius(const cv::Mat& mask);

}  // namespace mammograft
