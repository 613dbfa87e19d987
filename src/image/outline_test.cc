#include "image/outline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "core/rng.h"
#include "image/rle.h"

namespace mammograft {
namespace {

constexpr int kSide = 160;

cv::Mat drawn_mask(const Polygon& polygon, cv::Size size) {
  return decode_rle(rasterize(polygon, size.height, size.width));
}

double dice(const Polygon& a, const Polygon& b, cv::Size size) {
  const cv::Mat of_a = drawn_mask(a, size), of_b = drawn_mask(b, size);
  return 2.0 * cv::countNonZero(of_a & of_b) / (cv::countNonZero(of_a) + cv::countNonZero(of_b));
}

// A bean around the middle of the image, off the circle's middle: no ellipse fits it.
Polygon bean(double scale_y = 1) {
  Polygon polygon;
  for (int k = 0; k < 90; ++k) {
    const double a = 2 * M_PI * k / 90;
    const double r = 28 * (1 + 0.25 * std::cos(2 * a + 0.5) + 0.1 * std::sin(3 * a));
    polygon.push_back({84 + r * std::cos(a), (77 + r * std::sin(a)) * scale_y});
  }
  return polygon;
}

// `mass` brighter by `contrast` on tissue that is `tissue(x, y)`, shares of full scale, with noise.
cv::Mat picture(const Polygon& mass, cv::Size size, double contrast,
                const std::function<double(double, double)>& tissue) {
  cv::Mat inside;
  drawn_mask(mass, size).convertTo(inside, CV_32F);
  cv::GaussianBlur(inside, inside, {0, 0}, 1.5);
  Rng rng(7);
  cv::Mat pixels(size, CV_16UC1);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double grey = tissue(x, y) + contrast * inside.at<float>(y, x) + 0.02 * rng.normal();
      pixels.at<uint16_t>(y, x) = cv::saturate_cast<uint16_t>(65535 * grey);
    }
  }
  return pixels;
}

double even(double, double) { return 0.4; }

const Box kCircle{40, 36, 124, 120};  // a circle around the bean

TEST(Outline, FollowsAShapeWithinItsCircle) {
  const cv::Size size(kSide, kSide);
  const Polygon mass = bean();
  const FoundOutline found = find_outline(picture(mass, size, 0.1, even), {}, {kCircle, 0.85}, {});
  EXPECT_EQ(found.doubt, "");
  EXPECT_GT(dice(found.polygon, mass, size), 0.96);
  EXPECT_LT(dice(ellipse(kCircle), mass, size), 0.75);
  EXPECT_GT(found.separation, 2);
  EXPECT_GT(found.support, 0.9);
  EXPECT_NEAR(found.area_share, std::abs(signed_area(mass)) / (M_PI * 42 * 42), 0.04);
}

TEST(Outline, PixelsNeedNotBeSquare) {
  const cv::Size size(kSide, 2 * kSide);
  const Polygon mass = bean(2);
  const Box box{kCircle.x0, 2 * kCircle.y0, kCircle.x1, 2 * kCircle.y1};
  const FoundOutline found = find_outline(picture(mass, size, 0.1, even), {}, {box, 0.85}, {});
  EXPECT_EQ(found.doubt, "");
  EXPECT_GT(dice(found.polygon, mass, size), 0.96);
}

TEST(Outline, LiesBetweenFatAndGlandularTissue) {
  // Brighter tissue on one side: a threshold between the mass and all around would let it run out.
  const cv::Size size(kSide, kSide);
  const Polygon mass = bean();
  const cv::Mat pixels = picture(
      mass, size, 0.1, [](double x, double) { return 0.3 + 0.2 / (1 + std::exp((84 - x) / 10)); });
  const FoundOutline found = find_outline(pixels, {}, {kCircle, 0.85}, {});
  EXPECT_EQ(found.doubt, "");
  EXPECT_GT(dice(found.polygon, mass, size), 0.9);
}

TEST(Outline, StaysWithinTheBoxAndTheTissue) {
  // All is as bright as the mass above its middle; there only the box says where it ends.
  const cv::Size size(kSide, kSide);
  const Box box = bounds(bean());
  const cv::Mat pixels =
      picture(bean(), size, 0.1, [](double, double y) { return y < 77 ? 0.5 : 0.4; });
  const FoundOutline found = find_outline(pixels, {}, {box, 1}, {});
  const Box reached = bounds(found.polygon);
  const double more = 0.021 * box.width() / 2;
  EXPECT_GT(reached.x0, box.x0 - more);
  EXPECT_GT(reached.y0, box.y0 - more);
  EXPECT_LT(reached.x1, box.x1 + more);
  EXPECT_LT(reached.y1, box.y1 + more);

  cv::Mat tissue(size, CV_8UC1, cv::Scalar(255));
  tissue.colRange(100, kSide).setTo(0);
  cv::Mat cut = picture(bean(), size, 0.1, even);
  cut.setTo(65535, tissue == 0);  // the film's edge, brighter than all
  const FoundOutline beside = find_outline(cut, tissue, {kCircle, 0.85}, {});
  EXPECT_LT(bounds(beside.polygon).x1, 102);
}

TEST(Outline, DoubtsWhatDoesNotStandOut) {
  const cv::Size size(kSide, kSide);
  const auto doubt = [&](double contrast) {
    return find_outline(picture(bean(), size, contrast, even), {}, {kCircle, 0.85}, {}).doubt;
  };
  EXPECT_EQ(doubt(0.1), "");
  EXPECT_EQ(doubt(0), "it hardly stands out");
  EXPECT_EQ(doubt(-0.1), "it hardly stands out");
}

TEST(Outline, DoubtsWhatItCannotFollow) {
  const cv::Size size(kSide, kSide);
  const cv::Mat pixels = picture(bean(), size, 0.1, even);
  EXPECT_EQ(find_outline(pixels, {}, {{70, 70, 74, 90}, 1}, {}).doubt, "it is too small");
  EXPECT_EQ(find_outline(pixels, cv::Mat::zeros(size, CV_8UC1), {kCircle, 0.85}, {}).doubt,
            "it lies outside the breast");
  EXPECT_EQ(find_outline(pixels, {}, {{300, 300, 340, 340}, 0.85}, {}).doubt,
            "it lies outside the breast");
  OutlineOptions far;
  far.nearest = 0.8;
  EXPECT_EQ(find_outline(pixels, {}, {kCircle, 0.85}, far).doubt,
            "it reaches the limits of the search");
  OutlineOptions strict;
  strict.least_area = 0.9;
  EXPECT_EQ(find_outline(pixels, {}, {kCircle, 0.85}, strict).doubt,
            "what stands out in it is too small");
  // Bright to one side only.
  const cv::Mat half =
      picture(bean(), size, 0, [](double x, double y) { return x + y < 161 ? 0.3 : 0.4; });
  EXPECT_NE(find_outline(half, {}, {kCircle, 0.85}, {}).doubt, "");
}

TEST(Outline, RefusesWhatCannotBe) {
  const cv::Mat pixels(20, 20, CV_16UC1, cv::Scalar(9));
  EXPECT_THROW(find_outline(pixels, {}, {{5, 5, 5, 9}, 1}, {}), Error);
  EXPECT_THROW(find_outline(pixels, {}, {{1, 1, 9, 9}, 0}, {}), Error);
  EXPECT_THROW(find_outline(pixels, cv::Mat::zeros(3, 3, CV_8UC1), {{1, 1, 9, 9}, 1}, {}), Error);
  EXPECT_THROW(find_outline(cv::Mat::zeros(20, 20, CV_8UC1), {}, {{1, 1, 9, 9}, 1}, {}), Error);
  EXPECT_NO_THROW(check_outline_options({}));
  OutlineOptions options;
  options.farthest = 0.9;
  EXPECT_THROW(check_outline_options(options), Error);
}

}  // namespace
}  // namespace mammograft
