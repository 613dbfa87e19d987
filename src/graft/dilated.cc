#include "graft/dilated.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/error.h"

namespace mammograft {
namespace {

// The pixels that are at most `mm` from the one in the middle.
cv::Mat ellipse_of(double mm, const std::array<double, 2>& mm_per_px) {
  constexpr double kRounding = 1e-4;  // 1 mm at 0.2 mm is 5 px, also in floating point
  const auto [row_mm, column_mm] = mm_per_px;
  const int rx = static_cast<int>(std::floor(mm / column_mm + kRounding));
  const int ry = static_cast<int>(std::floor(mm / row_mm + kRounding));
  const double most = mm + kRounding * std::min(row_mm, column_mm);
  cv::Mat pixels(2 * ry + 1, 2 * rx + 1, CV_8UC1);
  for (int y = -ry; y <= ry; ++y) {
    for (int x = -rx; x <= rx; ++x)
      pixels.at<uint8_t>(y + ry, x + rx) = std::hypot(y * row_mm, x * column_mm) <= most;
  }
  return pixels;
}

}  // namespace

cv::Mat dilated(const cv::Mat& mask, double mm, const std::array<double, 2>& mm_per_px) {
  ensure(mask.type() == CV_8UC1 && mm_per_px[0] > 0 && mm_per_px[1] > 0 && mm >= 0,
         "dilated: expected a CV_8UC1 mask, found type {}, {} mm, {} x {} mm per pixel",
         mask.type(), mm, mm_per_px[0], mm_per_px[1]);
  cv::Mat result(mask.size(), CV_8UC1, cv::Scalar(0));
  cv::Rect near = cv::boundingRect(mask);
  if (near.empty()) return result;
  const cv::Mat ellipse = ellipse_of(mm, mm_per_px);
  near -= cv::Point(ellipse.cols / 2, ellipse.rows / 2);
  near += cv::Size(ellipse.cols - 1, ellipse.rows - 1);
  near &= cv::Rect({0, 0}, mask.size());
  cv::Mat part = result(near);  // a mass is a small part of its image
  cv::dilate(mask(near) != 0, part, ellipse, {-1, -1}, 1, cv::BORDER_CONSTANT, cv::Scalar(0));
  return result;
}

}  // namespace mammograft
