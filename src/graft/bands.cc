#include "graft/bands.h"

#include <opencv2/imgproc.hpp>

namespace mammograft {

cv::Mat blurred(const cv::Mat& image, double mm, const std::array<double, 2>& mm_per_px) {
  constexpr double kNothing = 1.0 / 3;  // px: the neighbour's weight is 1 %
  cv::Mat result;
  image.convertTo(result, CV_32F);
  const double x = mm / mm_per_px[1], y = mm / mm_per_px[0];
  if (std::max(x, y) < kNothing) return result;
  cv::GaussianBlur(result, result, {}, std::max(x, kNothing), std::max(y, kNothing),
                   cv::BORDER_REFLECT_101);
  return result;
}

cv::Mat band(const cv::Mat& image, double fine_mm, double coarse_mm,
             const std::array<double, 2>& mm_per_px) {
  return blurred(image, fine_mm, mm_per_px) - blurred(image, coarse_mm, mm_per_px);
}

}  // namespace mammograft
