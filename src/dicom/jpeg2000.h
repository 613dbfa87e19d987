// JPEG 2000 (ISO/IEC 15444-1), which DCMTK does not decode: by OpenJPEG.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string_view>
#include <vector>

namespace mammograft {

struct Jpeg2000Image {
  std::vector<cv::Mat> components;  // CV_32SC1, of one size
  int precision = 0;                // bits of a sample in the stream
  bool is_signed = false;
};

// A codestream or a JP2 file. Throws Error (bad_input) with `name`: cut off, damaged, parts of
// several sizes, more than kMaxPixels (image/codecs.h).
Jpeg2000Image decode_jpeg2000(std::string_view bytes, const std::string& name, int threads = 1);

// Lossless, one component of CV_16UC1 whose values use `bits` bits.
std::vector<uint8_t> encode_jpeg2000(const cv::Mat& pixels, int bits, bool is_signed);

}  // namespace mammograft
