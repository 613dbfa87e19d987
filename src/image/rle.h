// Run-length encoded masks, as COCO writes them: column-major runs, the first one of zeros.
#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "image/box.h"
#include "image/polygon.h"

namespace mammograft {

struct Rle {
  int height = 0, width = 0;
  std::vector<uint32_t> counts;  // sum = height * width
  bool operator==(const Rle&) const = default;
};

Rle encode_rle(const cv::Mat& mask);     // CV_8UC1 [height, width]; nonzero is inside
cv::Mat decode_rle(const Rle& rle);      // CV_8UC1, 0 or 1
int64_t area(const Rle& rle);            // pixels
Box bounds(const Rle& rle);              // tight, in pixels; empty when nothing is set
double iou(const Rle& a, const Rle& b);  // of equal size; 0 for two empty masks

// COCO's compressed string form (six bits a character) and back. Throws bad_input on a string that
// is malformed or does not sum to height * width.
std::string rle_to_string(const Rle& rle);
Rle rle_from_string(const std::string& text, int height, int width);

// Pixels of a polygon or of several (union), by COCO's rule: equal to pycocotools.mask.frPyObjects.
// An empty polygon has no pixels. Throws bad_input when a coordinate is not finite.
Rle rasterize(const Polygon& polygon, int height, int width);
Rle rasterize(const std::vector<Polygon>& polygons, int height, int width);

// Outer contours of a mask, largest first, one for each region connected through sides or corners;
// holes are not described. Simplified to within `tolerance_px`; coordinates on pixel borders such
// that rasterize() gives the mask (its holes filled) back up to that tolerance, exactly at 0.
std::vector<Polygon> contours(const cv::Mat& mask, double tolerance_px = 0.5);

}  // namespace mammograft
