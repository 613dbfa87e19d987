// The stored values of a DICOM image, of whatever transfer syntax.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "dicom/dicom_file.h"

namespace mammograft {

struct StoredPixels {
  cv::Mat values;  // CV_16UC1, or CV_16SC1 where they are signed
  int bits = 16;   // that a value can use: [0, 2^bits) or [-2^(bits-1), 2^(bits-1))
  bool is_signed = false;
  std::vector<std::string> warnings;  // what contradicts in the file, and what was believed
};

// Bits Stored, High Bit, Pixel Representation and the compressed stream may contradict each other:
// values are those of the stream, signed as Pixel Representation says; bits above Bits Stored are
// overlays where an overlay says so, else Bits Stored was too small. Colour with equal channels is
// grey. Throws bad_input naming the attribute, or the transfer syntax in words and by UID: no
// pixels, several frames, real colour, more than 16 bits, cut off, damaged, cannot be decoded.
//
// `threads`: for JPEG 2000, which takes a second for a mammogram on one.
StoredPixels decode_pixels(const DicomFile& file, int threads = 1);

}  // namespace mammograft
