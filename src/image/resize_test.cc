#include "image/resize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace mammograft {
namespace {

using Growth = Resampling::Growth;
using Mixed = Resampling::Mixed;

cv::Mat noise(int rows, int cols) {
  cv::Mat image(rows, cols, CV_32FC1);
  cv::RNG(5).fill(image, cv::RNG::UNIFORM, 0, 1);
  return image;
}

// The mean of each block of dy x dx pixels.
cv::Mat block_means(const cv::Mat& image, int dy, int dx) {
  cv::Mat means(image.rows / dy, image.cols / dx, CV_32FC1);
  for (int y = 0; y < means.rows; ++y) {
    for (int x = 0; x < means.cols; ++x) {
      double sum = 0;
      for (int v = 0; v < dy; ++v) {
        for (int u = 0; u < dx; ++u) sum += image.at<float>(y * dy + v, x * dx + u);
      }
      means.at<float>(y, x) = static_cast<float>(sum / (dy * dx));
    }
  }
  return means;
}

// Twice as wide, pixels' centers a quarter of a pixel beside the old ones; the border goes on.
cv::Mat twice_as_wide(const cv::Mat& image) {
  cv::Mat wide(image.rows, 2 * image.cols, CV_32FC1);
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < wide.cols; ++x) {
      const int near = x / 2;
      const int far = std::clamp(near + (x % 2 ? 1 : -1), 0, image.cols - 1);
      wide.at<float>(y, x) = 0.75f * image.at<float>(y, near) + 0.25f * image.at<float>(y, far);
    }
  }
  return wide;
}

double difference(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF); }

TEST(Resize, ShrinksByTheMeanOfAreas) {
  const cv::Mat image = noise(12, 18);
  for (const Mixed mixed : {Mixed::by_axis, Mixed::shrink, Mixed::grow}) {
    for (const Growth growth : {Growth::linear, Growth::cubic}) {
      const Resampling how{growth, mixed};
      EXPECT_LT(difference(resized(image, {6, 6}, how), block_means(image, 2, 3)), 1e-6);
      EXPECT_LT(difference(resized(image, {18, 4}, how), block_means(image, 3, 1)), 1e-6);
    }
  }
}

TEST(Resize, GrowsByInterpolation) {
  const cv::Mat image = noise(5, 7);
  EXPECT_LT(difference(resized(image, {14, 5}), twice_as_wide(image)), 1e-6);
  EXPECT_GT(difference(resized(image, {14, 5}, {Growth::cubic}), twice_as_wide(image)), 1e-3);
  // A plane stays one, away from the border.
  cv::Mat plane(8, 8, CV_32FC1);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) plane.at<float>(y, x) = static_cast<float>(2 * y + 3 * x);
  }
  const cv::Mat large = resized(plane, {24, 16});
  for (int y = 4; y < 12; ++y) {
    for (int x = 6; x < 18; ++x) {
      const double expected = 2 * ((y + 0.5) / 2 - 0.5) + 3 * ((x + 0.5) / 3 - 0.5);
      EXPECT_NEAR(large.at<float>(y, x), expected, 1e-3);
    }
  }
}

TEST(Resize, OneSideShrinksAndTheOtherGrows) {
  const cv::Mat image = noise(12, 7);
  const cv::Size size(14, 4);
  EXPECT_LT(difference(resized(image, size), twice_as_wide(block_means(image, 3, 1))), 1e-6);
  cv::Mat expected;
  cv::resize(image, expected, size, 0, 0, cv::INTER_LINEAR);
  EXPECT_EQ(difference(resized(image, size, {Growth::linear, Mixed::grow}), expected), 0);
  cv::resize(image, expected, size, 0, 0, cv::INTER_AREA);
  EXPECT_EQ(difference(resized(image, size, {Growth::linear, Mixed::shrink}), expected), 0);
}

TEST(Resize, TheSameSizeIsTheSameImage) {
  const cv::Mat image = noise(4, 5);
  EXPECT_EQ(resized(image, {5, 4}).data, image.data);
}

}  // namespace
}  // namespace mammograft
