#include "detect/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "detect/batch.h"
#include "detect/training_testing.h"
#include "image/polygon.h"

namespace mammograft {
namespace {

TEST(Augment, ARotatedEllipseKeepsItsSize) {
  Rng rng(5);
  AugmentOptions options = no_change();
  options.rotate_deg = 30;
  const Augmentation turned = draw_augmentation(options, {100, 100}, {200, 200}, {}, rng);
  const Box circle{30, 40, 50, 60}, wide{10, 40, 70, 50};
  EXPECT_NEAR(turned.map_ellipse(circle).width(), 20, 1e-9);
  EXPECT_NEAR(turned.map_ellipse(circle).height(), 20, 1e-9);
  // Against the outline itself.
  std::vector<Point> outline;
  for (int i = 0; i < 3600; ++i) {
    const double a = CV_PI * i / 1800;
    outline.push_back(turned.map(Point{40 + 30 * std::cos(a), 45 + 5 * std::sin(a)}));
  }
  const Box expected = bounds(outline), found = turned.map_ellipse(wide);
  EXPECT_NEAR(found.x0, expected.x0, 1e-3);
  EXPECT_NEAR(found.y1, expected.y1, 1e-3);
}

TEST(Augment, ChangesNothingWhenToldSo) {
  Rng rng(1);
  const Augmentation drawn = draw_augmentation(no_change(), {96, 120}, {200, 200}, {}, rng);
  EXPECT_EQ(drawn.size, cv::Size(96, 120));
  EXPECT_EQ(drawn.map(Point{3.5, 7.25}), (Point{3.5, 7.25}));
  cv::Mat image;
  test_breast(nullptr).convertTo(image, CV_32FC1, 1.0 / 65535);
  EXPECT_LT(cv::norm(apply_augmentation(drawn, image), image, cv::NORM_INF), 1e-6);
}

// Points and pixels go the same way: the centre of a blob is where map() says.
TEST(Augment, PixelsMoveAsPointsDo) {
  AugmentOptions options;
  options.rotate_deg = 25;
  options.gamma = options.gain = 0;
  const Point center{40.5, 61.5};
  cv::Mat image(120, 96, CV_32FC1, cv::Scalar(0));
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 96; ++x) {
      const double d = std::hypot(x + 0.5 - center.x, y + 0.5 - center.y);
      image.at<float>(y, x) = static_cast<float>(std::exp(-d * d / 32));
    }
  }
  bool mirrored_x = false, mirrored_y = false, plain = false;
  for (uint64_t seed = 0; seed < 24; ++seed) {
    Rng rng(seed);
    const Augmentation drawn =
        draw_augmentation(options, image.size(), {96, 96}, {30, 50, 50, 70}, rng);
    const cv::Mat out = apply_augmentation(drawn, image);
    ASSERT_EQ(out.size(), drawn.size);
    ASSERT_LE(std::max(out.rows, out.cols), 96);
    double sum = 0, sx = 0, sy = 0;
    for (int y = 0; y < out.rows; ++y) {
      for (int x = 0; x < out.cols; ++x) {
        const float v = out.at<float>(y, x);
        sum += v, sx += v * (x + 0.5), sy += v * (y + 0.5);
      }
    }
    EXPECT_NEAR(sx / sum, drawn.map(center).x, 0.15) << seed;
    EXPECT_NEAR(sy / sum, drawn.map(center).y, 0.15) << seed;
    mirrored_x |= drawn.affine(0, 0) < 0;
    mirrored_y |= drawn.affine(1, 1) < 0;
    plain |= drawn.affine(0, 0) > 0 && drawn.affine(1, 1) > 0;
  }
  EXPECT_TRUE(mirrored_x && mirrored_y && plain);
}

TEST(Augment, KeepsTheMassInViewAndUsesTheRange) {
  AugmentOptions options;
  options.scale_low = 1.5;
  options.scale_high = 2;
  const Box focus{70, 10, 85, 22};  // near a corner
  double lowest = 1e9, highest = -1e9;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const Augmentation drawn = draw_augmentation(options, {96, 120}, {100, 100}, focus, rng);
    EXPECT_EQ(drawn.size, cv::Size(100, 100));
    for (Point corner : {Point{70, 10}, {85, 10}, {70, 22}, {85, 22}}) {
      const Point p = drawn.map(corner);
      EXPECT_GE(std::min(p.x, p.y), -1e-9) << seed;
      EXPECT_LE(std::max(p.x, p.y), 100 + 1e-9) << seed;
    }
    const double scale = std::abs(drawn.affine(1, 1));
    lowest = std::min(lowest, scale), highest = std::max(highest, scale);
    EXPECT_NEAR(std::abs(drawn.affine(0, 0)) / scale, 1, options.stretch);
  }
  EXPECT_GE(lowest, 1.5);
  EXPECT_LE(highest, 2);
  EXPECT_LT(lowest, 1.53);
  EXPECT_GT(highest, 1.96);
}

TEST(Augment, ExposureIsGammaThenGain) {
  Augmentation drawn;
  drawn.size = {3, 1};
  drawn.gamma = 1.3;
  drawn.gain = 1.1;
  const cv::Mat image = (cv::Mat_<float>(1, 3) << 0.0f, 0.5f, 1.0f);
  const cv::Mat out = apply_augmentation(drawn, image);
  EXPECT_EQ(out.at<float>(0, 0), 0);
  EXPECT_NEAR(out.at<float>(0, 1), 1.1 * std::pow(0.5, 1.3), 1e-5);
  EXPECT_EQ(out.at<float>(0, 2), 1);  // not brighter than white
}

// Shrunk to a pixel and a half it is still no reason to call the image healthy.
TEST(Augment, AMassOfAPixelStaysAMass) {
  TrainingImage image;
  image.pixels = cv::Mat(100, 90, CV_16UC1, cv::Scalar(30000));
  TrainingMass mass;
  mass.box = {40, 50, 42, 60};
  mass.polygons = {{{40, 50}, {42, 50}, {42, 60}, {40, 60}}};
  mass.has_mask = true;
  image.masses = {mass};
  AugmentOptions options = no_change();
  options.scale_low = options.scale_high = 0.75;
  Rng rng(1);
  const AugmentedImage out = augment(image, options, 128, rng);
  ASSERT_EQ(out.masses.size(), 1u);
  EXPECT_NEAR(out.masses[0].box.width(), 1.5, 1e-9);
  EXPECT_FALSE(out.masses[0].has_mask);
  EXPECT_TRUE(out.ignored.empty());
}

// Detections are scored against what a person drew; a program's outline within it is smaller.
TEST(Augment, TheBoxIsTheAnnotatorsAndNotTheOutlines) {
  TrainingImage image;
  image.pixels = cv::Mat(120, 100, CV_16UC1, cv::Scalar(30000));
  TrainingMass mass;
  mass.box = {20, 30, 60, 80};
  mass.polygons = {ellipse({26, 34, 50, 70})};  // off the middle
  image.masses = {mass};
  const AugmentOptions none = no_change();
  Rng rng(1);
  const auto expect_box = [](const Box& found, const Box& expected) {
    EXPECT_NEAR(found.x0, expected.x0, 1e-9);
    EXPECT_NEAR(found.y0, expected.y0, 1e-9);
    EXPECT_NEAR(found.x1, expected.x1, 1e-9);
    EXPECT_NEAR(found.y1, expected.y1, 1e-9);
  };
  const AugmentedImage same = augment(image, none, 128, rng);
  expect_box(same.masses.at(0).box, mass.box);
  EXPECT_EQ(same.masses[0].polygons, mass.polygons);
  AugmentOptions flips = none;
  flips.flip_x = flips.flip_y = true;
  bool mirrored = false;
  for (int i = 0; i < 16; ++i) {
    const AugmentedImage out = augment(image, flips, 128, rng);
    const Box outline = bounds(out.masses.at(0).polygons);
    const bool x = outline.x0 > 40, y = outline.y0 > 40;  // 50 of 100, 50 of 120 when mirrored
    mirrored |= x && y;
    expect_box(out.masses[0].box, {x ? 40.0 : 20, y ? 40.0 : 30, x ? 80.0 : 60, y ? 90.0 : 80});
  }
  EXPECT_TRUE(mirrored);
  AugmentOptions turned = none;
  turned.rotate_deg = 30;
  const Box box = augment(image, turned, 128, rng).masses.at(0).box;
  EXPECT_GT(box.width(), 36);
  EXPECT_LT(box.area(), 1.5 * mass.box.area()) << "not the box of the turned box";
}

// A square of 20 x 30 pixels and a circle of radius 15 whose masks are known.
TrainingImage two_masses() {
  TrainingImage image;
  image.pixels = cv::Mat(100, 90, CV_16UC1, cv::Scalar(30000));
  TrainingMass square, circle, box_only;
  square.box = {10, 20, 30, 50};
  square.polygons = {{{10, 20}, {30, 20}, {30, 50}, {10, 50}}};
  circle.box = {45, 45, 75, 75};
  circle.polygons = {test_circle({60, 60}, 15)};
  square.has_mask = circle.has_mask = true;
  box_only.box = {5, 80, 15, 90};
  image.masses = {square, circle, box_only};
  image.ignored = {{70, 5, 85, 15}};
  return image;
}

TEST(Augment, MassesMostlyOutOfViewAreIgnored) {
  AugmentOptions options;
  options.scale_low = options.scale_high = 2;
  const TrainingImage image = two_masses();
  int ignored = 0, lost = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Rng rng(seed);
    const AugmentedImage out = augment(image, options, 80, rng);
    ASSERT_EQ(out.pixels.size(), cv::Size(80, 80));
    ASSERT_GE(out.masses.size(), 1u) << "the one in focus";
    for (const TrainingMass& mass : out.masses) {
      EXPECT_GE(mass.box.x0, 0);
      EXPECT_GE(mass.box.y0, 0);
      EXPECT_LE(mass.box.x1, 80);
      EXPECT_LE(mass.box.y1, 80);
      // Whole: 40 x 60, 60 x 60 or 20 x 20, stretched by up to 8 %.
      const double whole = mass.polygons.empty() ? 400 : mass.polygons[0].size() == 4 ? 2400 : 3600;
      EXPECT_GE(mass.box.area(), 0.25 * whole * 0.92 - 1e-6);
    }
    for (const Box& box : out.ignored) EXPECT_GE(std::min(box.x0, box.y0), 0);
    ignored += static_cast<int>(out.ignored.size());
    lost += static_cast<int>(out.masses.size()) < 3;
  }
  EXPECT_GT(ignored, 5);
  EXPECT_GT(lost, 50);
}

}  // namespace
}  // namespace mammograft
