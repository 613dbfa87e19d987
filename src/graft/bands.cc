#include "graft/bands.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace mammograft {
namespace {

constexpr double kNothing = 1.0 / 3;  // px: the neighbour's weight is 1 %

}  // namespace

bool blur_changes(double mm, const std::array<double, 2>& mm_per_px) {
  return mm / std::min(mm_per_px[0], mm_per_px[1]) >= kNothing;
}

cv::Mat blurred(const cv::Mat& image, double mm, const std::array<double, 2>& mm_per_px) {
  cv::Mat result;
  image.convertTo(result, CV_32F);
  if (!blur_changes(mm, mm_per_px)) return result;
  const double x = mm / mm_per_px[1], y = mm / mm_per_px[0];
  cv::GaussianBlur(result, result, {}, std::max(x, kNothing), std::max(y, kNothing),
                   cv::BORDER_REFLECT_101);
  return result;
}

cv::Mat band(const cv::Mat& image, double fine_mm, double coarse_mm,
             const std::array<double, 2>& mm_per_px) {
  return blurred(image, fine_mm, mm_per_px) - blurred(image, coarse_mm, mm_per_px);
}

}  // namespace mammograft
