#include "nn/input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/rng.h"
#include "image/value_bits.h"

namespace mammograft {
namespace {

// A bright half disc on the left border with a gradient, air at 0.
cv::Mat breast_like(int rows, int cols) {
  cv::Mat image(rows, cols, CV_16UC1, cv::Scalar(0));
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < cols; ++x) {
      const double dy = (y + 0.5 - rows / 2.0) / (0.4 * rows), dx = (x + 0.5) / (0.6 * cols);
      const double r = dx * dx + dy * dy;
      if (r < 1) image.at<uint16_t>(y, x) = cv::saturate_cast<uint16_t>(20000 + 30000 * (1 - r));
    }
  }
  return image;
}

TEST(Input, CropsToTheBreastAndScalesTheLongSide) {
  const cv::Mat image = breast_like(500, 400);
  InputOptions options;
  options.long_side_px = 200;
  const NetworkInput input = make_network_input(image, {}, "CC", options);
  EXPECT_EQ(std::max(input.pixels.cols, input.pixels.rows), 200);
  EXPECT_EQ(input.pixels.type(), CV_32FC1);
  EXPECT_EQ(input.original_size, image.size());
  EXPECT_NEAR(input.transform.offset_x, 0, 1);
  EXPECT_NEAR(input.transform.offset_y, 50 - options.margin_px, 8);
  double low = 0, high = 0;
  cv::minMaxLoc(input.pixels, &low, &high);
  EXPECT_GE(low, 0);
  EXPECT_LE(high, 1 + 1e-6);
  EXPECT_GT(high, 0.95);
  EXPECT_EQ(input.pixels.at<float>(0, input.pixels.cols - 1), 0);  // outside the breast
  options.crop = false;
  const NetworkInput whole = make_network_input(image, {}, "CC", options);
  EXPECT_EQ(whole.pixels.size(), cv::Size(160, 200));
  EXPECT_EQ(whole.transform.offset_y, 0);
}

TEST(Input, AMarkIsFoundWhereTheTransformSaysAndComesBack) {
  cv::Mat image = breast_like(600, 480);
  image(cv::Rect(100, 280, 40, 40)).setTo(60000);
  InputOptions options;
  options.long_side_px = 300;
  options.high_percentile = 100;
  const NetworkInput input = make_network_input(image, {}, "", options);
  const Point p = input.transform.to_network(Point{120, 300});
  cv::Mat bright = input.pixels > 0.97;
  double sum_x = 0, sum_y = 0, count = 0;
  for (int y = 0; y < bright.rows; ++y) {
    for (int x = 0; x < bright.cols; ++x) {
      if (!bright.at<uint8_t>(y, x)) continue;
      sum_x += x + 0.5;
      sum_y += y + 0.5;
      ++count;
    }
  }
  ASSERT_GT(count, 0);
  EXPECT_NEAR(sum_x / count, p.x, 0.6);
  EXPECT_NEAR(sum_y / count, p.y, 0.6);
  const Box box{10.5, 20.25, 300, 411};
  const Box back = input.transform.to_original(input.transform.to_network(box));
  EXPECT_NEAR(back.x0, box.x0, 1e-9);
  EXPECT_NEAR(back.y0, box.y0, 1e-9);
  EXPECT_NEAR(back.x1, box.x1, 1e-9);
  EXPECT_NEAR(back.y1, box.y1, 1e-9);
}

TEST(Input, IsTheSameWhateverTheBitsInUse) {
  cv::Mat image = breast_like(600, 480);
  image(cv::Rect(100, 280, 40, 40)).setTo(60000);
  InputOptions options;
  options.long_side_px = 300;
  const NetworkInput whole = make_network_input(image, {}, "CC", options);
  for (const int bits : {10, 12, 14, 16}) {
    const cv::Mat stored = from_full_scale(image, bits);
    ASSERT_EQ(value_bits(DecodedImage{stored, 16}), bits);
    const NetworkInput input = make_network_input(to_full_scale(stored, bits), {}, "CC", options);
    ASSERT_EQ(input.pixels.size(), whole.pixels.size()) << bits;
    EXPECT_EQ(input.transform.to_network(Point{7, 9}), whole.transform.to_network(Point{7, 9}));
    // One of 2^bits steps of the whole scale, of which the breast takes a half.
    EXPECT_LE(cv::norm(input.pixels, whole.pixels, cv::NORM_INF), 3.0 / ((1 << bits) - 1)) << bits;
  }
}

TEST(Input, MillimetresWithUnequalSpacing) {
  const cv::Mat image = breast_like(400, 300);
  InputOptions options;
  options.crop = false;
  options.mm_per_px = 0.2;
  const NetworkInput input =
      make_network_input(image, std::array<double, 2>{0.1, 0.4}, "", options);
  EXPECT_EQ(input.pixels.size(), cv::Size(600, 200));  // columns grow, rows shrink
  EXPECT_DOUBLE_EQ(input.transform.scale_x, 2);
  EXPECT_DOUBLE_EQ(input.transform.scale_y, 0.5);
  try {
    make_network_input(image, {}, "", options);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::bad_input);
  }
}

TEST(Input, WindowEqualsThatOfASort) {
  Rng rng(11);
  cv::Mat image(37, 53, CV_16UC1), mask(37, 53, CV_8UC1);
  std::vector<uint16_t> values;
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      image.at<uint16_t>(y, x) = static_cast<uint16_t>(rng.integer(65536));
      mask.at<uint8_t>(y, x) = rng.chance(0.4) ? 255 : 0;
      if (mask.at<uint8_t>(y, x)) values.push_back(image.at<uint16_t>(y, x));
    }
  }
  std::sort(values.begin(), values.end());
  for (const double percentile : {0.0, 1.0, 50.0, 99.7, 100.0}) {
    const double rank =
        std::max(1.0, std::ceil(percentile / 100 * static_cast<double>(values.size())));
    EXPECT_EQ(intensity_window(image, mask, percentile, 100)[0],
              values[static_cast<size_t>(rank) - 1]);
  }
}

TEST(Input, OddImagesGiveFiniteValues) {
  const InputOptions options;
  for (const auto& [size, value] : std::vector<std::pair<cv::Size, int>>{
           {{1, 1}, 0}, {{1, 1}, 65535}, {{300, 200}, 0}, {{300, 200}, 12345}, {{3, 900}, 500}}) {
    const cv::Mat image(size, CV_16UC1, cv::Scalar(value));
    const NetworkInput input = make_network_input(image, {}, "", options);
    EXPECT_EQ(std::max(input.pixels.cols, input.pixels.rows), options.long_side_px);
    EXPECT_GE(std::min(input.pixels.cols, input.pixels.rows), 1);
    EXPECT_TRUE(cv::checkRange(input.pixels, true, nullptr, 0, 1.0001));
  }
}

}  // namespace
}  // namespace mammograft
