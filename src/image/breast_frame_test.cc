#include "image/breast_frame.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/rng.h"

namespace mammograft {
namespace {

// Half an ellipse at the left border of the image, its middle at height 90.
cv::Mat half_ellipse() {
  cv::Mat breast(200, 150, CV_8UC1, cv::Scalar(0));
  cv::ellipse(breast, {0, 90}, {99, 70}, 0, 0, 360, cv::Scalar(255), cv::FILLED);
  return breast;
}

TEST(BreastFrame, TheBoxOfTheBreastIsTheUnitSquare) {
  const BreastFrame frame(half_ellipse(), true);
  const Point upper = frame.to_pixels({0, 0}), lower = frame.to_pixels({1, 1});
  EXPECT_EQ(upper, (Point{0, 20}));
  EXPECT_EQ(lower, (Point{100, 161}));
  EXPECT_DOUBLE_EQ(frame.to_breast({50, 90.5}).u, 0.5);
  EXPECT_DOUBLE_EQ(frame.to_breast({50, 90.5}).v, 0.5);
}

TEST(BreastFrame, OfABoxIsThatOfABreastThatFillsIt) {
  const BreastFrame of_mask(half_ellipse(), false), of_box(Box{0, 20, 100, 161}, false);
  EXPECT_EQ(of_mask.to_pixels({0.3, 0.7}), of_box.to_pixels({0.3, 0.7}));
}

TEST(BreastFrame, ThereAndBackIsTheSamePoint) {
  Rng rng(1);
  for (const bool left : {true, false}) {
    const BreastFrame frame(half_ellipse(), left);
    for (int i = 0; i < 100; ++i) {
      const Point px{rng.uniform(0, 150), rng.uniform(0, 200)};
      const Point back = frame.to_pixels(frame.to_breast(px));
      EXPECT_NEAR(back.x, px.x, 1e-9);
      EXPECT_NEAR(back.y, px.y, 1e-9);
    }
  }
}

TEST(BreastFrame, AMirroredBreastHasTheSameCoordinates) {
  const cv::Mat breast = half_ellipse();
  cv::Mat mirrored;
  cv::flip(breast, mirrored, 1);
  const BreastFrame frame(breast, true), other(mirrored, false);
  for (const Point px : {Point{10, 30}, Point{70.5, 90}, Point{3, 150}}) {
    const BreastPoint here = frame.to_breast(px);
    const BreastPoint there = other.to_breast({150 - px.x, px.y});
    EXPECT_NEAR(here.u, there.u, 1e-12);
    EXPECT_NEAR(here.v, there.v, 1e-12);
  }
  const Point nipple = nipple_of(breast, true), opposite = nipple_of(mirrored, false);
  EXPECT_DOUBLE_EQ(nipple.x, 150 - opposite.x);
  EXPECT_DOUBLE_EQ(nipple.y, opposite.y);
}

TEST(BreastFrame, WithoutABreastItIsTheImage) {
  const BreastFrame frame(cv::Mat(20, 10, CV_8UC1, cv::Scalar(0)), true);
  EXPECT_EQ(frame.to_pixels({1, 1}), (Point{10, 20}));
}

TEST(Nipple, IsFarthestFromTheChestWall) {
  const Point nipple = nipple_of(half_ellipse(), true);
  EXPECT_DOUBLE_EQ(nipple.x, 100);
  EXPECT_NEAR(nipple.y, 90.5, 0.5);
  // A breast that hangs: its deepest point is below the middle.
  cv::Mat hanging(200, 150, CV_8UC1, cv::Scalar(0));
  const std::vector<cv::Point> outline{{0, 0}, {60, 60}, {110, 140}, {60, 175}, {0, 190}};
  cv::fillConvexPoly(hanging, outline, cv::Scalar(255));
  EXPECT_NEAR(nipple_of(hanging, true).y, 140, 2);
}

}  // namespace
}  // namespace mammograft
