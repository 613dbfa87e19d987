#include "graft/place_weight.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mammograft {
namespace {

// A breast as large as the image, the chest wall at its left border.
Background even_breast() {
  Background background;
  background.pixels = cv::Mat(100, 100, CV_16UC1, cv::Scalar(20000));
  background.breast = cv::Mat(100, 100, CV_8UC1, cv::Scalar(255));
  background.free = background.breast.clone();
  return background;
}

TEST(PlaceWeight, IsEmptyWhereNothingWeighs) {
  EXPECT_FALSE(place_weight(even_breast(), nullptr));
  const Places none(even_breast().free, cv::Mat(5, 5, CV_8UC1, cv::Scalar(255)),
                    [](Point) { return 0.0; });
  Rng rng(1);
  EXPECT_FALSE(none.draw(rng));
}

// Dense on the right half of the image.
TEST(PlaceWeight, PrefersGlandularTissue) {
  Background background = even_breast();
  background.pixels(cv::Rect(50, 0, 50, 100)).setTo(40000);
  const cv::Mat none(100, 100, CV_8UC1, cv::Scalar(0));
  background.glandular = GlandularShare(background.pixels, background.breast, none, 1, 10);
  const PlaceWeight weight = place_weight(background, nullptr);
  EXPECT_NEAR(weight({20, 50}), 0, 0.01);
  EXPECT_NEAR(weight({80, 50}), 1, 0.01);
  EXPECT_NEAR(weight({50, 50}), 0.5, 0.05);
  EXPECT_NEAR(weight({54, 3}), 15.0 / 21, 0.05) << "of the tissue, not of the window";
  const Places places(background.free, cv::Mat(5, 5, CV_8UC1, cv::Scalar(255)), weight);
  Rng rng(2);
  int dense = 0;
  for (int i = 0; i < 500; ++i) dense += places.draw(rng)->x + 2 >= 50;
  EXPECT_GT(dense, 430);
}

// The nipple of the square is at the middle of its right side; pixels are twice as high as wide.
TEST(PlaceWeight, AnArcKeepsTheDistanceFromTheNippleInMillimetres) {
  Background background = even_breast();
  background.mm_per_px = {0.8, 0.4};
  EXPECT_DOUBLE_EQ(nipple_distance_mm(background, {100, 50}), 0);
  EXPECT_DOUBLE_EQ(nipple_distance_mm(background, {50, 50}), 20);
  EXPECT_DOUBLE_EQ(nipple_distance_mm(background, {100, 25}), 20);
  background.weight = [](Point px) { return px.y < 50 ? 3.0 : 1.0; };
  const PlaceWeight arc = at_nipple_distance(background, 20);
  for (int y = 0; y < 100; ++y) {
    for (int x = 0; x < 100; ++x) {
      const bool on_it = std::abs(std::hypot((y - 50) * 0.8, (x - 100) * 0.4) - 20) <= 1.5;
      EXPECT_EQ(arc({double(x), double(y)}), on_it ? (y < 50 ? 3 : 1) : 0) << x << " " << y;
    }
  }
  background.weight = {};
  EXPECT_EQ(at_nipple_distance(background, 20)({50, 50}), 1);
}

TEST(PlaceWeight, LeavesRoomBelowWhite) {
  Background background = even_breast();
  const cv::Mat omega(11, 11, CV_8UC1, cv::Scalar(255));
  EXPECT_FALSE(where_room(background, omega, 0.5)) << "room everywhere";
  background.pixels(cv::Rect(50, 0, 50, 100)).setTo(60000);  // of a mean of 60000: 8 % are left
  EXPECT_FALSE(where_room(background, omega, 0.05));
  background.weight = [](Point) { return 3.0; };
  const PlaceWeight room = where_room(background, omega, 0.2);
  EXPECT_EQ(room({20, 50}), 3);
  EXPECT_EQ(room({80, 50}), 0);
  EXPECT_EQ(room({47, 50}), 3);  // mean 20000 + 40000 * 3 / 11 leaves more than 0.2
  EXPECT_EQ(room({53, 50}), 0);
  EXPECT_EQ(where_room(background, omega, std::nan(""))({80, 50}), 3) << "its contrast is unknown";
}

}  // namespace
}  // namespace mammograft
