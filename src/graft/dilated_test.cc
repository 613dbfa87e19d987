#include "graft/dilated.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"

namespace mammograft {
namespace {

bool is_near(const cv::Mat& mask, int y, int x, double mm, const std::array<double, 2>& mm_per_px) {
  for (int v = 0; v < mask.rows; ++v) {
    for (int u = 0; u < mask.cols; ++u) {
      if (mask.at<uint8_t>(v, u) != 0 &&
          std::hypot((y - v) * mm_per_px[0], (x - u) * mm_per_px[1]) <= mm + 1e-9)
        return true;
    }
  }
  return false;
}

TEST(Dilated, EqualsTheSlowLoopOnAnyGridAndAtTheBorder) {
  cv::Mat mask(40, 50, CV_8UC1, cv::Scalar(0));
  mask(cv::Rect(10, 12, 7, 3)) = 1;
  mask(cv::Rect(30, 20, 4, 9)) = 255;
  mask(cv::Rect(47, 0, 2, 3)) = 7;
  const std::array<double, 2> grids[] = {{0.2, 0.2}, {0.5, 0.25}, {0.25, 0.5}};
  for (const std::array<double, 2>& mm_per_px : grids) {
    for (const double mm : {0.0, 0.6, 1.0, 2.0}) {
      const cv::Mat grown = dilated(mask, mm, mm_per_px);
      for (int y = 0; y < mask.rows; ++y) {
        for (int x = 0; x < mask.cols; ++x) {
          ASSERT_EQ(grown.at<uint8_t>(y, x), is_near(mask, y, x, mm, mm_per_px) ? 255 : 0)
              << mm << " mm at " << y << " " << x;
        }
      }
    }
  }
}

TEST(Dilated, NothingStaysNothing) {
  const cv::Mat none(5, 6, CV_8UC1, cv::Scalar(0));
  EXPECT_EQ(cv::countNonZero(dilated(none, 3, {1, 1})), 0);
  EXPECT_ERROR(dilated(none, 1, {0, 1}), defect, "0 x 1 mm per pixel");
}

}  // namespace
}  // namespace mammograft
