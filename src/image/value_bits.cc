#include "image/value_bits.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "image/image_io.h"

namespace mammograft {
namespace {

constexpr std::array<int, 5> kBits = {8, 10, 12, 14, 16};
constexpr uint32_t kFullScale = 65535;

uint32_t largest_of(int bits) {
  ensure(is_value_bits(bits), "values of {} bits, expected 8, 10, 12, 14 or 16", bits);
  return (uint32_t{1} << bits) - 1;
}

bool all_multiples_of_257(const cv::Mat& pixels) {
  for (int y = 0; y < pixels.rows; ++y) {
    const uint16_t* row = pixels.ptr<uint16_t>(y);
    if (!std::all_of(row, row + pixels.cols, [](uint16_t v) { return v % 257 == 0; })) return false;
  }
  return true;
}

// v * to / from, rounded. Both are odd or one of them is: there are no ties.
cv::Mat rescaled(const cv::Mat& pixels, uint32_t from, uint32_t to) {
  ensure(pixels.type() == CV_16UC1, "full scale: expected CV_16UC1, got type {}", pixels.type());
  cv::Mat result(pixels.size(), CV_16UC1);
  for (int y = 0; y < pixels.rows; ++y) {
    const uint16_t* in = pixels.ptr<uint16_t>(y);
    std::transform(in, in + pixels.cols, result.ptr<uint16_t>(y), [&](uint16_t v) {
      return static_cast<uint16_t>((std::min<uint32_t>(v, from) * to + from / 2) / from);
    });
  }
  return result;
}

}  // namespace

bool is_value_bits(int64_t bits) {
  return std::find(kBits.begin(), kBits.end(), bits) != kBits.end();
}

int value_bits(int largest) {
  if (largest <= 0) return 16;
  return *std::find_if(kBits.begin(), kBits.end(), [&](int bits) { return largest >> bits == 0; });
}

int value_bits(const DecodedImage& image) {
  if (image.original_bits < 16) return 16;
  double largest = 0;
  cv::minMaxLoc(image.pixels, nullptr, &largest);
  const int bits = value_bits(static_cast<int>(largest));
  return bits < 16 && all_multiples_of_257(image.pixels) ? 16 : bits;
}

cv::Mat to_full_scale(const cv::Mat& pixels, int bits) {
  return bits == 16 ? pixels : rescaled(pixels, largest_of(bits), kFullScale);
}

cv::Mat from_full_scale(const cv::Mat& pixels, int bits) {
  return bits == 16 ? pixels : rescaled(pixels, kFullScale, largest_of(bits));
}

cv::Mat read_full_scale(const std::filesystem::path& path) {
  const DecodedImage image = read_image(path);
  return to_full_scale(image.pixels, value_bits(image));
}

}  // namespace mammograft
