#include "image/polygon.h"

#include <cmath>
#include <numbers>

namespace mammograft {

double signed_area(const Polygon& polygon) {
  double twice = 0;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    twice += a.x * b.y - b.x * a.y;
  }
  return twice / 2;
}

Box bounds(const Polygon& polygon) {
  if (polygon.empty()) return {};
  Box box{polygon[0].x, polygon[0].y, polygon[0].x, polygon[0].y};
  for (const Point& p : polygon) {
    box = {std::min(box.x0, p.x), std::min(box.y0, p.y), std::max(box.x1, p.x),
           std::max(box.y1, p.y)};
  }
  return box;
}

Box bounds(const std::vector<Polygon>& polygons) {
  Box box = bounds(polygons.front());
  for (const Polygon& polygon : polygons) {
    const Box next = bounds(polygon);
    box = {std::min(box.x0, next.x0), std::min(box.y0, next.y0), std::max(box.x1, next.x1),
           std::max(box.y1, next.y1)};
  }
  return box;
}

Polygon ellipse(const Box& box, int points) {
  Polygon polygon;
  const Point c = box.center();
  for (int i = 0; i < points; ++i) {
    const double angle = 2 * std::numbers::pi * i / points;
    polygon.push_back(
        {c.x + box.width() / 2 * std::cos(angle), c.y + box.height() / 2 * std::sin(angle)});
  }
  return polygon;
}

}  // namespace mammograft
