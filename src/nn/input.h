// From an image as stored to what a network sees, and back: breast only, cropped, normalised,
// scaled. No torch here. The formula stands in docs/formats.md, the values in every model's
// metadata.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/options.h"
#include "image/box.h"
#include "image/breast.h"
#include "image/intensity.h"
#include "image/polygon.h"

namespace mammograft {

struct InputOptions {
  int long_side_px = 512;         // long side of the network's image; used when mm_per_px is 0
  double mm_per_px = 0;           // > 0: network scale by physical size (needs pixel spacing)
  bool crop = true;               // to the breast's box
  int margin_px = 4;              // around the breast's box, in pixels of the original
  double low_percentile = 1;      // of pixels within the breast -> 0
  double high_percentile = 99.7;  // -> 1
  BreastOptions breast;
  template <typename V>
  void fields(V&& v) {
    v("long_side_px", long_side_px, "long side of the network's image (used when mm_per_px is 0)");
    v("mm_per_px", mm_per_px, "network scale in mm per pixel; 0: by long_side_px");
    v("crop", crop, "crop to the breast");
    v("margin_px", margin_px, "margin around the breast's box, original pixels");
    v("low_percentile", low_percentile, "percentile of the breast's pixels that becomes 0");
    v("high_percentile", high_percentile, "percentile of the breast's pixels that becomes 1");
    v.group("breast", breast);
  }
};

// original (x, y) -> network ((x - offset_x) * scale_x, (y - offset_y) * scale_y)
struct InputTransform {
  double offset_x = 0, offset_y = 0;
  double scale_x = 1, scale_y = 1;
  Point to_network(Point p) const {
    return {(p.x - offset_x) * scale_x, (p.y - offset_y) * scale_y};
  }
  Point to_original(Point p) const { return {p.x / scale_x + offset_x, p.y / scale_y + offset_y}; }
  Box to_network(const Box& b) const;
  Box to_original(const Box& b) const;
};

struct NetworkInput {
  cv::Mat pixels;  // CV_32FC1 in [0, 1], 0 outside the breast
  InputTransform transform;
  cv::Size original_size;
  Box breast;                   // pixels of the original; all of it where none was found
  bool chest_wall_left = true;  // side of the image
  std::string view;             // as it was given
};

// pixels: CV_16UC1. `view` as in BreastOptions. With mm_per_px > 0 and no spacing: bad_input.
// Area averaging when shrinking, bilinear when enlarging; the long side is rounded, both axes are
// scaled by the exact ratio of the rounded sizes.
NetworkInput make_network_input(const cv::Mat& pixels,
                                const std::optional<std::array<double, 2>>& spacing_mm,
                                const std::string& view, const InputOptions& options);

}  // namespace mammograft
