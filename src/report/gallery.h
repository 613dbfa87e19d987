// Tiles for galleries: the whole breast with its marks, and beside it a close view of one place.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "image/box.h"
#include "image/draw.h"
#include "image/polygon.h"

namespace mammograft {

// Something to draw on an image, in pixels of the original.
struct Mark {
  Box box;  // drawn when there are no contours
  std::vector<Polygon> contours;
  Color color;
  std::string label;  // a score; beside the box, in the close view only
};

struct TileOptions {
  int height_px = 320;           // of the tile; the close view is as wide as high
  double context = 2.6;          // side of the close view, in sides of the place shown
  double smallest_view_px = 96;  // of the original: closer makes pixels, not insight
  int jpeg_quality = 85;
};

// pixels: CV_16UC1. `place` is what the close view is about, `breast` what the overview shows (both
// clipped to the image; an empty breast: all of it). Returns CV_8UC3 (RGB), height_px high.
cv::Mat case_tile(const cv::Mat& pixels, const std::vector<Mark>& marks, const Box& place,
                  const Box& breast, const TileOptions& options = {});

// The same as a JPEG file, for Picture::bytes.
std::string case_tile_jpeg(const cv::Mat& pixels, const std::vector<Mark>& marks, const Box& place,
                           const Box& breast, const TileOptions& options = {});

}  // namespace mammograft
