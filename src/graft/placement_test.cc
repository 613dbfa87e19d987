#include "graft/placement.h"

#include <cmath>
#include <opencv2/imgproc.hpp>
#include <set>

#include "core/testing.h"
#include "graft/testing.h"

namespace mammograft {
namespace {

// A lopsided region and a ramp with a mark, so that every turn and mirror shows.
Lesion lopsided(std::array<double, 2> mm_per_px = {1, 1}) {
  Lesion lesion;
  lesion.pixels = cv::Mat(31, 21, CV_16UC1);
  lesion.mask = cv::Mat(31, 21, CV_8UC1, cv::Scalar(0));
  for (int y = 0; y < 31; ++y) {
    for (int x = 0; x < 21; ++x) {
      lesion.pixels.at<uint16_t>(y, x) = static_cast<uint16_t>(1000 * y + 37 * x);
      lesion.mask.at<uint8_t>(y, x) = y >= 5 && y < 25 && x >= 4 && x < 10 + y / 5 ? 255 : 0;
    }
  }
  lesion.omega = lesion.mask.clone();
  lesion.mm_per_px = mm_per_px;
  lesion.size_mm = 20;
  return lesion;
}

TEST(WarpLesion, WithoutATransformNothingChanges) {
  const Lesion lesion = lopsided({0.3, 0.3});
  const WarpedLesion warped = warp_lesion(lesion, {}, {0.3, 0.3}, lesion.range);
  cv::Mat back;
  warped.pixels.convertTo(back, CV_16U);
  EXPECT_EQ(cv::norm(back, lesion.pixels, cv::NORM_INF), 0);
  EXPECT_EQ(cv::norm(warped.mask, lesion.mask, cv::NORM_INF), 0);
}

TEST(WarpLesion, QuarterTurnsAndMirrorsAreExact) {
  const Lesion lesion = lopsided();
  cv::Mat expected, back;
  cv::rotate(lesion.mask, expected, cv::ROTATE_90_COUNTERCLOCKWISE);
  const WarpedLesion turned = warp_lesion(lesion, {1, 90, false}, {1, 1}, lesion.range);
  EXPECT_EQ(cv::norm(turned.mask, expected, cv::NORM_INF), 0);
  cv::rotate(lesion.pixels, expected, cv::ROTATE_90_COUNTERCLOCKWISE);
  turned.pixels.convertTo(back, CV_16U);
  EXPECT_LE(cv::norm(back, expected, cv::NORM_INF), 1);
  cv::flip(lesion.mask, expected, 1);
  EXPECT_EQ(cv::norm(warp_lesion(lesion, {1, 0, true}, {1, 1}, lesion.range).mask, expected,
                     cv::NORM_INF),
            0);
}

TEST(Amplify, ChangesTheContrastAboutTheLevelAround) {
  WarpedLesion lesion = disc_lesion();
  amplify(lesion, 0.5);
  EXPECT_FLOAT_EQ(lesion.pixels.at<float>(15, 15), 21500);
  EXPECT_FLOAT_EQ(lesion.pixels.at<float>(15, 25), 20000);
  EXPECT_DOUBLE_EQ(lesion.contrast, 1500.0 / 65535);
}

TEST(DrawTransform, ALargerMassHasMoreContrast) {
  PlacementOptions options;
  for (const double growth : {0.5, 0.0}) {
    options.contrast_growth = growth;
    Rng rng(1);
    const LesionTransform t = *draw_transform(lopsided(), options, rng);
    EXPECT_NE(t.scale, 1);
    EXPECT_DOUBLE_EQ(t.gain, growth == 0 ? 1 : std::sqrt(t.scale));
  }
  options.contrast_growth = -1;
  EXPECT_ERROR(check(options), usage, "placement.contrast_growth: found -1");
}

TEST(WarpLesion, TheContrastFollowsTheGainAndTheRange) {
  Lesion lesion = lopsided();
  lesion.range = {10000, 30000};
  lesion.contrast = 0.1;
  WarpedLesion plain = warp_lesion(lesion, {}, {1, 1}, {0, 40000});
  const WarpedLesion halved = warp_lesion(lesion, {.gain = 0.5}, {1, 1}, {0, 40000});
  EXPECT_DOUBLE_EQ(plain.contrast, 0.2);
  EXPECT_DOUBLE_EQ(halved.contrast, 0.1);
  amplify(plain, 0.5);
  EXPECT_EQ(cv::norm(halved.pixels, plain.pixels, cv::NORM_INF), 0);
}

TEST(WarpLesion, AreasFollowScaleAndGrids) {
  const Lesion lesion = lopsided({0.4, 0.4});
  const double area_mm2 = cv::countNonZero(lesion.mask) * 0.4 * 0.4;
  for (const double scale : {0.6, 1.0, 1.7}) {
    for (const std::array<double, 2>& grid :
         {std::array<double, 2>{0.1, 0.1}, {0.2, 0.4}, {0.5, 0.5}}) {
      for (const double angle : {0.0, 33.0, 90.0}) {
        const WarpedLesion warped = warp_lesion(lesion, {scale, angle, true}, grid, lesion.range);
        const double found = cv::countNonZero(warped.mask) * grid[0] * grid[1];
        EXPECT_NEAR(found, area_mm2 * scale * scale, 0.12 * area_mm2 * scale * scale)
            << scale << " " << grid[0] << " " << angle;
      }
    }
  }
}

TEST(WarpLesion, GreyLevelsFollowTheRange) {
  Lesion lesion = lopsided();
  lesion.range = {10000, 30000};
  const WarpedLesion warped = warp_lesion(lesion, {}, {1, 1}, {0, 40000});
  EXPECT_NEAR(warped.pixels.at<float>(20, 0), (20000 - 10000) * 2, 0.5);
}

TEST(DrawTransform, KeepsWithinTheOptions) {
  const Lesion lesion = lopsided();  // 20 mm
  PlacementOptions options;
  options.size_max_mm = 22;
  options.rotation_deg = 30;
  Rng rng(1);
  double low = 9, high = 0;
  for (int i = 0; i < 500; ++i) {
    const LesionTransform t = *draw_transform(lesion, options, rng);
    low = std::min(low, t.scale);
    high = std::max(high, t.scale);
    EXPECT_LE(std::abs(t.rotation_deg), 30);
  }
  EXPECT_NEAR(low, 0.7, 0.01);
  EXPECT_NEAR(high, 1.1, 0.01);
  options.size_max_mm = 10;
  EXPECT_FALSE(draw_transform(lesion, options, rng));
  options.scale_min = -1;
  EXPECT_ERROR(check(options), usage, "placement.scale_min: found -1, expected above 0");
}

// All places by trying each, against what many draws find.
TEST(Places, AreExactlyTheValidOnes) {
  Rng noise(5);
  cv::Mat free(26, 30, CV_8UC1);
  for (int y = 0; y < free.rows; ++y) {
    for (int x = 0; x < free.cols; ++x) free.at<uint8_t>(y, x) = noise.chance(0.03) ? 0 : 255;
  }
  cv::Mat omega(14, 15, CV_8UC1, cv::Scalar(0));
  cv::circle(omega, {7, 6}, 4, cv::Scalar(255), cv::FILLED);
  std::set<std::pair<int, int>> valid, drawn;
  for (int oy = -20; oy < 40; ++oy) {
    for (int ox = -20; ox < 40; ++ox) {
      bool fits = true;
      for (int y = 0; y < omega.rows && fits; ++y) {
        for (int x = 0; x < omega.cols && fits; ++x) {
          if (!omega.at<uint8_t>(y, x)) continue;
          const cv::Point p(ox + x, oy + y);
          fits = p.inside({0, 0, free.cols, free.rows}) && free.at<uint8_t>(p);
        }
      }
      if (fits) valid.insert({oy, ox});
    }
  }
  ASSERT_GT(valid.size(), 5u);
  Rng rng(3);
  for (int i = 0; i < 4000; ++i) {
    const cv::Point place = *Places(free, omega).draw(rng);
    drawn.insert({place.y, place.x});
  }
  EXPECT_EQ(drawn, valid);
}

TEST(ChoosePlace, ALargeRegionOnACoarseGridNeverLeavesTheFreePixels) {
  cv::Mat free(400, 300, CV_8UC1, cv::Scalar(0));
  cv::ellipse(free, {100, 200}, {140, 180}, 0, 0, 360, cv::Scalar(255), cv::FILLED);
  cv::Mat omega(150, 160, CV_8UC1, cv::Scalar(0));
  cv::ellipse(omega, {80, 75}, {70, 50}, 20, 0, 360, cv::Scalar(255), cv::FILLED);
  Rng rng(3);
  for (int i = 0; i < 50; ++i) {
    const std::optional<cv::Point> place = Places(free, omega).draw(rng);
    ASSERT_TRUE(place);
    for (int y = 0; y < omega.rows; ++y) {
      for (int x = 0; x < omega.cols; ++x) {
        if (!omega.at<uint8_t>(y, x)) continue;
        const cv::Point p = *place + cv::Point(x, y);
        ASSERT_TRUE(p.inside({0, 0, 300, 400}) && free.at<uint8_t>(p));
      }
    }
  }
  EXPECT_FALSE(Places(free(cv::Rect(0, 0, 300, 60)), omega).draw(rng));
}

}  // namespace
}  // namespace mammograft
