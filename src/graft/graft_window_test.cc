#include "graft/graft_window.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/testing.h"

namespace mammograft {
namespace {

Background ramp() {
  Background background;
  background.pixels = cv::Mat(60, 50, CV_16UC1);
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 50; ++x)
      background.pixels.at<uint16_t>(y, x) = static_cast<uint16_t>(500 * y + 10 * x);
  }
  background.breast = cv::Mat(60, 50, CV_8UC1, cv::Scalar(255));
  return background;
}

WarpedLesion disc(int canvas, int radius, float level) {
  WarpedLesion lesion;
  lesion.pixels = cv::Mat(canvas, canvas, CV_32FC1, cv::Scalar(level));
  lesion.mask = cv::Mat(canvas, canvas, CV_8UC1, cv::Scalar(0));
  cv::circle(lesion.mask, {canvas / 2, canvas / 2}, radius, cv::Scalar(255), cv::FILLED);
  lesion.omega = lesion.mask.clone();
  return lesion;
}

TEST(GraftWindow, LiesAroundOmegaAndReflectsBeyondTheImage) {
  const Background background = ramp();
  const GraftWindow window =
      cut_graft_window(background, disc(21, 7, 100), {-2, 3}, /*side=*/32, /*margin=*/4);
  ASSERT_EQ(window.x.size(), cv::Size(32, 32));
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      const cv::Point p = window.place.tl() + cv::Point(x, y);
      EXPECT_EQ(window.x.at<uint16_t>(y, x),
                background.pixels.at<uint16_t>(std::abs(p.y), std::abs(p.x)));
      EXPECT_EQ(window.seen.at<uint8_t>(y, x) != 0, p.x >= 0 && p.y >= 0);
      EXPECT_EQ(window.breast.at<uint8_t>(y, x) != 0, p.x >= 0 && p.y >= 0);
      if (std::hypot(p.x - 8, p.y - 13) < 7) {
        EXPECT_TRUE(window.omega.at<uint8_t>(y, x));
      }
    }
  }
  EXPECT_EQ(cv::countNonZero(window.omega), cv::countNonZero(disc(21, 7, 0).omega));
  EXPECT_EQ(cut_graft_window(background, disc(41, 15, 100), {5, 5}, 32, 4).x.cols, 39);
}

TEST(GraftWindow, WritesBackWithinOmegaOnly) {
  const Background background = ramp();
  const GraftWindow window = cut_graft_window(background, disc(21, 7, 100), {-2, 3}, 32, 4);
  cv::Mat image = background.pixels.clone();
  write_back(window, cv::Mat(32, 32, CV_16UC1, cv::Scalar(77)), image);
  int changed = 0;
  for (int y = 0; y < 60; ++y) {
    for (int x = 0; x < 50; ++x) {
      const cv::Point here = cv::Point(x, y) - window.place.tl();
      const bool in = here.inside({0, 0, 32, 32}) && window.omega.at<uint8_t>(here);
      EXPECT_EQ(image.at<uint16_t>(y, x), in ? 77 : background.pixels.at<uint16_t>(y, x));
      changed += in;
    }
  }
  EXPECT_GT(changed, 100);
}

TEST(GraftWindow, TheOffsetBringsTheRimsTogether) {
  Background background = ramp();
  background.pixels.setTo(9000);
  const GraftWindow window = cut_graft_window(background, disc(21, 7, 2500), {20, 20}, 32, 4);
  EXPECT_NEAR(rim_offset(window), 6500, 1e-3);
  const cv::Mat image = pasted(window, 6500);
  EXPECT_NEAR(cv::norm(image - 9000, cv::NORM_INF), 0, 1e-3);
  EXPECT_NEAR(pasted(window, 0).at<float>(16, 16), 2500, 1e-3);
}

TEST(GraftWindow, TheFeatherRisesFromTheRim) {
  cv::Mat omega(30, 30, CV_8UC1, cv::Scalar(0));
  omega({10, 8, 15, 12}) = 255;
  const cv::Mat weight = feather(omega, 3);
  for (int y = 0; y < 30; ++y) {
    for (int x = 0; x < 30; ++x) {
      // Distance of a pixel to the nearest one outside of a rectangle.
      const int d = std::max(0, std::min({x - 9, 25 - x, y - 7, 20 - y}));
      EXPECT_NEAR(weight.at<float>(y, x), std::min(1.0, d / 3.0), 1e-5);
    }
  }
}

}  // namespace
}  // namespace mammograft
