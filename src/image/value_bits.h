// How many of their 16 bits the values of an image use. 10, 12 or 14 bit pixels are often stored as
// they are in 16-bit files, where they look black. Everything that looks at pixels expects full
// scale at 65535, so images are brought there when they are read, by the range in use.
#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core.hpp>

#include "image/decoded_image.h"

namespace mammograft {

// 8, 10, 12, 14 or 16: the fewest that hold `largest`. 16 for 0, which says nothing.
int value_bits(int largest);

// Of an image as decoded. 16 where full scale is known: files of fewer bits were multiplied up to
// it, and so were, by whatever program, values that are all multiples of 257. Otherwise the largest
// value decides: what fits in fewer bits is taken for values of so many. A 16-bit image that stays
// below a quarter of its scale is so seen four times as bright, and no pixel of it is clipped.
int value_bits(const DecodedImage& image);

bool is_value_bits(int64_t bits);  // one of the five

// CV_16UC1 values of that many bits -> full scale 65535, and back: v * 65535 / (2^bits - 1),
// rounded, at most 65535. 16 bits: the same pixels. Back and forth gives what was there.
cv::Mat to_full_scale(const cv::Mat& pixels, int bits);
cv::Mat from_full_scale(const cv::Mat& pixels, int bits);

// The pixels of a file at full scale. Throws what read_image() throws.
cv::Mat read_full_scale(const std::filesystem::path& path);

}  // namespace mammograft
