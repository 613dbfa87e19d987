#include "pages/overlay.h"

#include <gtest/gtest.h>

#include "image/draw.h"

namespace mammograft {
namespace {

const cv::Mat kGrey(400, 200, CV_16UC1, cv::Scalar(20000));

std::vector<FoundMass> two_masses() {
  FoundMass first, second;
  first.box = {20, 60, 100, 140};
  first.score = 0.9;
  second.box = {120, 300, 180, 360};
  second.score = 0.4;
  return {first, second};
}

// Where a line of this colour runs along the whole side of a box.
bool has_side(const cv::Mat& rgb, double x, double y0, double y1, Color color) {
  for (int y = static_cast<int>(y0) + 3; y < static_cast<int>(y1) - 3; ++y) {
    bool here = false;
    for (int dx = -2; dx <= 2; ++dx) {
      const auto p = rgb.at<cv::Vec3b>(y, static_cast<int>(x) + dx);
      here |= std::abs(p[0] - color.r) + std::abs(p[1] - color.g) + std::abs(p[2] - color.b) < 60;
    }
    if (!here) return false;
  }
  return true;
}

TEST(Overlay, DrawsTheBoxesAtTheirPlaces) {
  const cv::Mat rgb = draw_overlay(kGrey, two_masses(), 0.2, 5, 1000);
  EXPECT_EQ(rgb.size(), kGrey.size());
  EXPECT_EQ(rgb.type(), CV_8UC3);
  EXPECT_TRUE(has_side(rgb, 20, 60, 140, colors::miss));
  EXPECT_TRUE(has_side(rgb, 180, 300, 360, colors::miss));
  EXPECT_FALSE(has_side(rgb, 60, 60, 140, colors::miss));
}

TEST(Overlay, ReducesPictureAndBoxesAlike) {
  const cv::Mat rgb = draw_overlay(kGrey, two_masses(), 0.2, 5, 200);
  EXPECT_EQ(rgb.size(), cv::Size(100, 200));
  EXPECT_TRUE(has_side(rgb, 10, 30, 70, colors::miss));
}

TEST(Overlay, LeavesOutLowScoresAndMoreThanTheMost) {
  EXPECT_FALSE(
      has_side(draw_overlay(kGrey, two_masses(), 0.5, 5, 1000), 180, 300, 360, colors::miss));
  EXPECT_FALSE(
      has_side(draw_overlay(kGrey, two_masses(), 0.2, 1, 1000), 180, 300, 360, colors::miss));
  EXPECT_TRUE(has_side(draw_overlay(kGrey, two_masses(), 0.2, 1, 1000), 20, 60, 140, colors::miss));
}

TEST(Overlay, DrawsTheOutlineOfAMask) {
  std::vector<FoundMass> found = two_masses();
  found[0].mask = rasterize(Polygon{{40, 80}, {80, 80}, {80, 120}, {40, 120}}, 400, 200);
  cv::Mat changed;
  cv::absdiff(draw_overlay(kGrey, found, 0.2, 5, 1000),
              draw_overlay(kGrey, two_masses(), 0.2, 5, 1000), changed);
  cv::Mat any;
  cv::transform(changed, any, cv::Matx13f(1, 1, 1));
  for (int y = 83; y < 117; ++y) {
    EXPECT_GT(cv::norm(any.row(y).colRange(38, 43), cv::NORM_INF), 0) << "left side, row " << y;
    EXPECT_GT(cv::norm(any.row(y).colRange(77, 83), cv::NORM_INF), 0) << "right side, row " << y;
  }
  EXPECT_EQ(cv::norm(any(cv::Rect(45, 85, 30, 30)), cv::NORM_INF), 0) << "an outline, not filled";
}

TEST(Overlay, SaysSoWhereNothingWasFound) {
  const cv::Mat none = draw_overlay(kGrey, {}, 0.2, 5, 1000);
  const cv::Mat low = draw_overlay(kGrey, two_masses(), 0.95, 5, 1000);
  cv::Mat plain = to_rgb_auto(kGrey);
  EXPECT_GT(cv::norm(none, plain, cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(low, none, cv::NORM_INF), 0) << "the limit is named";
  EXPECT_EQ(cv::norm(none.rowRange(40, 400), plain.rowRange(40, 400), cv::NORM_INF), 0);
}

}  // namespace
}  // namespace mammograft
