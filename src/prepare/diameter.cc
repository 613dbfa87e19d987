#include "prepare/diameter.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace mammograft {

double largest_diameter_mm(const Annotation& annotation, const std::array<double, 2>& spacing_mm) {
  std::vector<Polygon> outlines;
  if (const auto* polygons = std::get_if<std::vector<Polygon>>(&annotation.segmentation)) {
    outlines = *polygons;
  } else if (const auto* rle = std::get_if<Rle>(&annotation.segmentation)) {
    outlines = contours(decode_rle(*rle) * 255, 0.5);
  }
  std::vector<cv::Point2f> points;
  for (const Polygon& polygon : outlines) {
    for (const Point& p : polygon) {
      points.emplace_back(float(p.x * spacing_mm[1]), float(p.y * spacing_mm[0]));
    }
  }
  if (points.empty()) {
    return std::max(annotation.bbox.width() * spacing_mm[1],
                    annotation.bbox.height() * spacing_mm[0]);
  }
  std::vector<cv::Point2f> hull;  // the farthest pair of points lies on the convex hull
  cv::convexHull(points, hull);
  double longest = 0;
  for (size_t i = 0; i < hull.size(); ++i) {
    for (size_t j = 0; j < i; ++j) longest = std::max(longest, cv::norm(hull[i] - hull[j]));
  }
  return std::round(longest * 1000) / 1000;
}

}  // namespace mammograft
