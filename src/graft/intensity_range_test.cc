#include "graft/intensity_range.h"

#include <gtest/gtest.h>

#include "core/testing.h"

namespace mammograft {
namespace {

// A breast whose darker quarter is skin and fat up to `fat`, the rest dense tissue from 30000 to
// 60000, times `gain`; air around it.
cv::Mat film(double fat, double gain, cv::Mat& breast) {
  cv::Mat pixels(50, 80, CV_16UC1, cv::Scalar(0));
  breast = cv::Mat::zeros(pixels.size(), CV_8UC1);
  for (int y = 0; y < pixels.rows; ++y) {
    for (int x = 0; x < 60; ++x) {
      const double level = x < 15 ? fat * x / 15 : 30000 + 30000.0 * (x - 15) / 44;
      pixels.at<uint16_t>(y, x) = static_cast<uint16_t>(gain * level);
      breast.at<uint8_t>(y, x) = 255;
    }
  }
  return pixels;
}

IntensityRange range_of(double fat, double gain, const IntensityOptions& options) {
  cv::Mat breast;
  const cv::Mat pixels = film(fat, gain, breast);
  return intensity_range(pixels, breast, options);
}

TEST(IntensityRange, OfTheBreastIsThatOfItsDenseTissueWhateverTheSkinsSlope) {
  IntensityOptions options;
  options.range = "breast";
  const IntensityRange dark = range_of(500, 1, options), grey = range_of(25000, 1, options);
  EXPECT_DOUBLE_EQ(gain_between(dark, grey), 1);
  EXPECT_NEAR(gain_between(dark, range_of(25000, 0.5, options)), 0.5, 1e-4);
  EXPECT_GT(dark.low, 30000);
  EXPECT_LE(dark.high, 60000);
}

TEST(IntensityRange, GreyLevelsOfOneBecomeThoseOfTheOther) {
  const IntensityRange from{1000, 3000}, to{20000, 60000};
  const cv::Mat pixels = (cv::Mat_<uint16_t>(1, 4) << 1000, 2000, 3000, 3500);
  const cv::Mat converted = convert_range(pixels, from, to);
  const cv::Mat expected = (cv::Mat_<float>(1, 4) << 20000, 40000, 60000, 70000);
  EXPECT_EQ(cv::norm(converted, expected, cv::NORM_INF), 0);
}

TEST(IntensityRange, OfOneDeviceIsAllOf16BitsAndAFlatBreastDividesByOne) {
  cv::Mat breast;
  const cv::Mat pixels = film(500, 1, breast);
  const IntensityRange full = intensity_range(pixels, breast, {});
  EXPECT_EQ(full.low, 0);
  EXPECT_EQ(full.high, 65535);
  IntensityOptions options;
  options.range = "breast";
  const cv::Mat flat(pixels.size(), CV_16UC1, cv::Scalar(700));
  const IntensityRange one = intensity_range(flat, breast, options);
  EXPECT_EQ(one.high - one.low, 1);
}

TEST(IntensityRange, PercentilesAreOrderedAndWithinOneHundred) {
  IntensityOptions options;
  options.low_percentile = -1;
  EXPECT_ERROR(check(options), usage, "intensity.low_percentile: found -1");
  options.low_percentile = 60, options.high_percentile = 50;
  EXPECT_ERROR(check(options), usage, "intensity.high_percentile: found 50");
}

}  // namespace
}  // namespace mammograft
