// Against the distances between all pairs of pixels.
#include "graft/rim_distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/rng.h"

namespace mammograft {
namespace {

double nearest_pixel(const cv::Mat& mask, int y, int x, bool inside) {
  double nearest = std::numeric_limits<double>::infinity();
  for (int v = 0; v < mask.rows; ++v) {
    for (int u = 0; u < mask.cols; ++u) {
      if ((mask.at<uint8_t>(v, u) != 0) == inside)
        nearest = std::min(nearest, std::hypot(v - y, u - x));
    }
  }
  return nearest;
}

cv::Mat speckled(uint64_t seed, double share) {
  Rng rng(seed);
  cv::Mat mask(17, 23, CV_8UC1);
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) mask.at<uint8_t>(y, x) = rng.uniform() < share ? 255 : 0;
  }
  return mask;
}

TEST(RimDistance, IsTheNearestPixelsHalfAPixelFromTheRim) {
  for (const double share : {0.03, 0.5, 0.97}) {
    const cv::Mat mask = speckled(7, share), to = distance_to(mask), rim = rim_distance(mask);
    for (int y = 0; y < mask.rows; ++y) {
      for (int x = 0; x < mask.cols; ++x) {
        const double outside = nearest_pixel(mask, y, x, true);
        const double inside = nearest_pixel(mask, y, x, false);
        EXPECT_NEAR(to.at<float>(y, x), outside, 1e-4) << share << " " << y << " " << x;
        const double expected = mask.at<uint8_t>(y, x) ? 0.5 - inside : outside - 0.5;
        EXPECT_NEAR(rim.at<float>(y, x), expected, 1e-4) << share << " " << y << " " << x;
      }
    }
  }
}

TEST(RimDistance, OfNoRegionIsInfinite) {
  const cv::Mat none(4, 5, CV_8UC1, cv::Scalar(0)), all(4, 5, CV_8UC1, cv::Scalar(1));
  EXPECT_TRUE(std::isinf(distance_to(none).at<float>(2, 2)));
  EXPECT_EQ(rim_distance(none).at<float>(0, 0), std::numeric_limits<float>::infinity());
  EXPECT_EQ(rim_distance(all).at<float>(0, 0), -std::numeric_limits<float>::infinity());
}

}  // namespace
}  // namespace mammograft
