#include "graft/mass_patch.h"

#include <cmath>

#include "core/error.h"

namespace mammograft {

void check(const MassPatch& patch) {
  const bool pixels = patch.pixels.type() == CV_16UC1 || patch.pixels.type() == CV_32FC1;
  const bool mask = patch.mask.type() == CV_8UC1 && patch.mask.size() == patch.pixels.size();
  const bool valid = patch.valid.empty() ||
                     (patch.valid.type() == CV_8UC1 && patch.valid.size() == patch.pixels.size());
  ensure(pixels && mask && valid,
         "mass patch: expected CV_16UC1 or CV_32FC1 pixels and CV_8UC1 masks of one size");
}

cv::Mat full_scale_one(const cv::Mat& pixels) {
  cv::Mat result;
  pixels.convertTo(result, CV_32FC1, pixels.type() == CV_16UC1 ? 1.0 / 65535 : 1.0);
  return result;
}

double equivalent_radius(const cv::Mat& mask) { return std::sqrt(cv::countNonZero(mask) / CV_PI); }

}  // namespace mammograft
