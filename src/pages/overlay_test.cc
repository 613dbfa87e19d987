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
  const cv::Mat rgb = draw_overlay(kGrey, two_masses(), {0.2, 5, 1000});
  EXPECT_EQ(rgb.size(), kGrey.size());
  EXPECT_EQ(rgb.type(), CV_8UC3);
  EXPECT_TRUE(has_side(rgb, 20, 60, 140, colors::miss));
  EXPECT_TRUE(has_side(rgb, 180, 300, 360, colors::miss));
  EXPECT_FALSE(has_side(rgb, 60, 60, 140, colors::miss));
}

TEST(Overlay, ReducesPictureAndBoxesAlike) {
  const cv::Mat rgb = draw_overlay(kGrey, two_masses(), {0.2, 5, 200});
  EXPECT_EQ(rgb.size(), cv::Size(100, 200));
  EXPECT_TRUE(has_side(rgb, 10, 30, 70, colors::miss));
}

TEST(Overlay, LeavesOutLowScoresAndMoreThanTheMost) {
  EXPECT_FALSE(
      has_side(draw_overlay(kGrey, two_masses(), {0.5, 5, 1000}), 180, 300, 360, colors::miss));
  EXPECT_FALSE(
      has_side(draw_overlay(kGrey, two_masses(), {0.2, 1, 1000}), 180, 300, 360, colors::miss));
  EXPECT_TRUE(
      has_side(draw_overlay(kGrey, two_masses(), {0.2, 1, 1000}), 20, 60, 140, colors::miss));
}

TEST(Overlay, DrawsTheOutlineOfAMask) {
  std::vector<FoundMass> found = two_masses();
  found[0].mask = rasterize(Polygon{{40, 80}, {80, 80}, {80, 120}, {40, 120}}, 400, 200);
  cv::Mat changed;
  cv::absdiff(draw_overlay(kGrey, found, {0.2, 5, 1000}),
              draw_overlay(kGrey, two_masses(), {0.2, 5, 1000}), changed);
  cv::Mat any;
  cv::transform(changed, any, cv::Matx13f(1, 1, 1));
  for (int y = 83; y < 117; ++y) {
    EXPECT_GT(cv::norm(any.row(y).colRange(38, 43), cv::NORM_INF), 0) << "left side, row " << y;
    EXPECT_GT(cv::norm(any.row(y).colRange(77, 83), cv::NORM_INF), 0) << "right side, row " << y;
  }
  EXPECT_EQ(cv::norm(any(cv::Rect(45, 85, 30, 30)), cv::NORM_INF), 0) << "an outline, not filled";
}

TEST(Overlay, SaysSoWhereNothingWasFound) {
  const cv::Mat none = draw_overlay(kGrey, {}, {0.2, 5, 1000});
  const cv::Mat low = draw_overlay(kGrey, two_masses(), {0.95, 5, 1000});
  cv::Mat plain = to_rgb_auto(kGrey);
  EXPECT_GT(cv::norm(none, plain, cv::NORM_INF), 0);
  EXPECT_GT(cv::norm(low, none, cv::NORM_INF), 0) << "the limit is named";
  EXPECT_EQ(cv::norm(none.rowRange(40, 400), plain.rowRange(40, 400), cv::NORM_INF), 0);
}

TEST(Overlay, LeavesTheBoxToMassesWithoutAnOutline) {
  std::vector<FoundMass> found = two_masses();
  found[0].mask = rasterize(Polygon{{40, 80}, {80, 80}, {80, 120}, {40, 120}}, 400, 200);
  const cv::Mat rgb = draw_overlay(kGrey, found, {0.2, 5, 1000});
  EXPECT_FALSE(has_side(rgb, 20, 60, 140, colors::miss));
  EXPECT_TRUE(has_side(rgb, 180, 300, 360, colors::miss));
}

TEST(Overlay, DrawsTheBoxWhereTheMaskHasNoPixel) {
  std::vector<FoundMass> found = two_masses();
  found[0].mask = Rle{400, 200, {400 * 200}};
  EXPECT_TRUE(has_side(draw_overlay(kGrey, found, {0.2, 5, 1000}), 20, 60, 140, colors::miss));
}

// The pixels of the row that a bar of this colour fills, from the first to the last.
int bar_length(const cv::Mat& rgb, int* first = nullptr) {
  int longest = 0;
  for (int y = rgb.rows / 2; y < rgb.rows; ++y) {
    int run = 0;
    for (int x = 0; x < rgb.cols; ++x) {
      const auto p = rgb.at<cv::Vec3b>(y, x);
      const Color c = colors::breast;
      run = p[0] == c.r && p[1] == c.g && p[2] == c.b ? run + 1 : 0;
      if (run > longest && first) *first = x - run + 1;
      longest = std::max(longest, run);
    }
  }
  return longest;
}

TEST(Overlay, HasABarOfItsScale) {
  OverlayOptions options{0.2, 5, 1000, 0.5};  // 200 columns are 10 cm
  EXPECT_EQ(bar_length(draw_overlay(kGrey, {}, options)), 40) << "2 cm";
  options.max_side_px = 200;
  EXPECT_EQ(bar_length(draw_overlay(kGrey, {}, options)), 20) << "of a reduced picture";
  options.mm_per_px = 0;
  EXPECT_LT(bar_length(draw_overlay(kGrey, {}, options)), 10) << "without spacing";
}

TEST(Overlay, PutsTheBarOffTheBreast) {
  for (const bool left : {true, false}) {
    cv::Mat pixels(400, 200, CV_16UC1, cv::Scalar(100));
    pixels.colRange(left ? 0 : 100, left ? 100 : 200) = cv::Scalar(30000);
    int first = 0;
    bar_length(draw_overlay(pixels, {}, {0.2, 5, 1000, 0.5}), &first);
    EXPECT_EQ(first > 100, left);
  }
}

}  // namespace
}  // namespace mammograft
