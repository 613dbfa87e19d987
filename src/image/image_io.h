// PNG, JPEG and PGM/PPM files in and out.
#pragma once

#include <filesystem>
#include <opencv2/core.hpp>
#include <string>

#include "image/decoded_image.h"

namespace mammograft {

// Recognised by content, never by suffix. RGB is turned to luminance only when its channels are
// equal (a grey picture stored as colour); real colour, and an alpha channel that is not opaque,
// are bad_input. Also bad_input: not an image, truncated, zero-size, larger than max_pixels (2^28).
// A JPEG's channels may differ by the rounding of its encoder: chroma at most 1 off neutral (three
// grey levels between the channels), or 2 levels where it stores RGB.
// Throws io when the file cannot be read. Messages name the file.
DecodedImage read_image(const std::filesystem::path& path);

// Throws as read_image() does where the beginning of the file shows it.
ImageHeader read_image_header(const std::filesystem::path& path);

// Atomic. `compression` is zlib's level, 0 to 9; higher ones are slower and no smaller on 16 bit.
// CV_16UC1 or CV_8UC1 as greyscale, CV_8UC3 (RGB) as colour.
void write_png(const std::filesystem::path& path, const cv::Mat& pixels, int compression = 1);
std::string encode_png(const cv::Mat& pixels, int compression = 1);  // for embedding in HTML
std::string encode_jpeg(const cv::Mat& pixels, int quality = 88);    // CV_8UC1 or CV_8UC3 (RGB)
void write_jpeg(const std::filesystem::path& path, const cv::Mat& pixels, int quality = 88);

bool looks_like_image(const std::filesystem::path& path);  // by suffix: .png .jpg .jpeg .pgm .ppm

}  // namespace mammograft
