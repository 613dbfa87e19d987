#include "evaluate/coco_overlap.h"

#include <cmath>

namespace mammograft {
namespace {

// Pixels in common, from the IoU: I = iou (A + B) / (1 + iou), to the pixel.
double pixels_in_common(double overlap, int64_t a, int64_t b) {
  return std::round(overlap * static_cast<double>(a + b) / (1 + overlap));
}

}  // namespace

double coco_overlap(const Box& detection, const Box& region, bool crowd) {
  if (!crowd) return iou(detection, region);
  const double common = intersection(detection, region).area();
  return common > 0 ? common / detection.area() : 0.0;
}

double coco_overlap(const Rle& detection, const Rle& region, bool crowd) {
  const double overlap = iou(detection, region);
  if (!crowd || overlap == 0) return overlap;
  const int64_t own = area(detection);
  return pixels_in_common(overlap, own, area(region)) / static_cast<double>(own);
}

}  // namespace mammograft
