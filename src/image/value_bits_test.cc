#include "image/value_bits.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/files.h"
#include "core/testing.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

cv::Mat values(const std::vector<uint16_t>& list) {
  return cv::Mat(list, true).reshape(1, 1).clone();
}

int bits_of(const std::vector<uint16_t>& list, int original_bits = 16) {
  return value_bits(DecodedImage{values(list), original_bits});
}

TEST(ValueBits, AreTheFewestThatHoldTheLargestValue) {
  const std::vector<std::pair<uint16_t, int>> expected = {
      {1, 8},     {255, 8},   {256, 10},   {1023, 10},  {1024, 12},
      {4095, 12}, {4096, 14}, {16383, 14}, {16384, 16}, {65535, 16}};
  for (const auto& [largest, bits] : expected) {
    EXPECT_EQ(value_bits(largest), bits) << largest;
    EXPECT_EQ(bits_of({0, largest, 1}), bits) << largest;
  }
}

TEST(ValueBits, AreSixteenWhereFullScaleIsKnown) {
  EXPECT_EQ(bits_of({0, 1000, 3}, 8), 16);
  EXPECT_EQ(bits_of({0, 1000, 3}, 12), 16);
  EXPECT_EQ(bits_of({0, 257, 40 * 257}), 16) << "a dark image of 8 bits";
  EXPECT_EQ(bits_of({0, 258, 40 * 257}), 14);
  EXPECT_EQ(bits_of({0, 0}), 16) << "black";
}

TEST(ValueBits, FullScaleIsTheNearestAndComesBack) {
  for (const int bits : {8, 10, 12, 14, 16}) {
    const int largest = (1 << bits) - 1;
    std::vector<uint16_t> all;
    for (int v = 0; v <= largest; ++v) all.push_back(static_cast<uint16_t>(v));
    const cv::Mat full = to_full_scale(values(all), bits);
    for (int v = 0; v <= largest; ++v) {
      ASSERT_EQ(full.at<uint16_t>(0, v), std::lround(v * 65535.0 / largest)) << bits << " " << v;
    }
    EXPECT_EQ(cv::norm(from_full_scale(full, bits), values(all), cv::NORM_INF), 0) << bits;
  }
  EXPECT_EQ(to_full_scale(values({5000}), 12).at<uint16_t>(0, 0), 65535) << "beyond the scale";
  EXPECT_EQ(from_full_scale(values({65535}), 12).at<uint16_t>(0, 0), 4095);
}

// Loose files: one film at four depths, in PNG and PGM, looks the same.
TEST(ValueBits, FilesAreReadAtFullScale) {
  const TestFolder folder;
  cv::Mat film(64, 48, CV_16UC1);
  for (int y = 0; y < film.rows; ++y) {
    for (int x = 0; x < film.cols; ++x) film.at<uint16_t>(y, x) = uint16_t((y * 48 + x) * 21);
  }
  film.at<uint16_t>(63, 47) = 65535;
  for (const int bits : {10, 12, 14, 16}) {
    write_png(folder / "film.png", from_full_scale(film, bits));
    const double step = 65535.0 / ((1 << bits) - 1);
    EXPECT_LE(cv::norm(read_full_scale(folder / "film.png"), film, cv::NORM_INF), step / 2 + 0.5);
  }
  write_file(folder / "dark.pgm", std::string("P5 2 1 4095\n\x00\x10\x00\x20", 16));
  EXPECT_EQ(read_full_scale(folder / "dark.pgm").at<uint16_t>(0, 1),
            std::lround(32 * 65535 / 4095.0))
      << "its header says what full scale is";
}

}  // namespace
}  // namespace mammograft
