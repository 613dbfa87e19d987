// The three file formats behind image_io.h. Everything here works on bytes already in memory;
// `name` is the file's name for messages.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <string_view>

#include "image/decoded_image.h"

namespace mammograft {

// Larger pictures are refused before any memory is taken for them.
inline constexpr int64_t kMaxPixels = int64_t{1} << 28;

// Throws bad_input when a side is zero or the picture is larger than kMaxPixels.
void check_image_size(const std::string& name, int64_t width, int64_t height);

// [rows, cols] CV_8UC3 or CV_16UC3 whose channels differ by at most `tolerance` -> its luminance as
// CV_16UC1, full scale. Throws bad_input naming the first coloured pixel.
cv::Mat grey_from_rgb(const cv::Mat& rgb, int tolerance, const std::string& name);

DecodedImage decode_png(std::string_view bytes, const std::string& name);
DecodedImage decode_jpeg(std::string_view bytes, const std::string& name);
DecodedImage decode_pnm(std::string_view bytes, const std::string& name);  // P2, P3, P5, P6

// From the beginning of a file. Throw bad_input, also when `bytes` ends before the size is known.
ImageHeader png_header(std::string_view bytes, const std::string& name);
ImageHeader jpeg_header(std::string_view bytes, const std::string& name);
ImageHeader pnm_header(std::string_view bytes, const std::string& name);

}  // namespace mammograft
