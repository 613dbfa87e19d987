// What a picture file holds.
#pragma once

#include <opencv2/core.hpp>

namespace mammograft {

// A greyscale image as stored, before any scaling.
struct DecodedImage {
  cv::Mat pixels;     // CV_16UC1, full scale 65535: 8 bit x 257, others in proportion
  int original_bits;  // bits of a sample in the file (PGM: of its maximum)
};

// What stands before the pixels.
struct ImageHeader {
  int width = 0, height = 0;  // as stored, and as the pixels have them
  int orientation = 1;        // EXIF's (image/exif.h): how viewers turn it. Pixels stay as stored
};

}  // namespace mammograft
