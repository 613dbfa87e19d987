// Boxes: xyxy, continuous, half-open. Pixel (i, j) covers [j, j+1) x [i, i+1); the image's top-left
// corner is (0, 0). COCO's xywh exists only where JSON is read and written.
#pragma once

#include <algorithm>

namespace mammograft {

struct Point {
  double x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

struct Box {
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  double width() const { return x1 - x0; }
  double height() const { return y1 - y0; }
  double area() const { return std::max(0.0, width()) * std::max(0.0, height()); }
  bool empty() const { return !(x1 > x0 && y1 > y0); }
  Point center() const { return {(x0 + x1) / 2, (y0 + y1) / 2}; }
  bool contains(Point p) const { return p.x >= x0 && p.x < x1 && p.y >= y0 && p.y < y1; }
  bool operator==(const Box&) const = default;
};

inline Box intersection(const Box& a, const Box& b) {
  return {std::max(a.x0, b.x0), std::max(a.y0, b.y0), std::min(a.x1, b.x1), std::min(a.y1, b.y1)};
}

inline double iou(const Box& a, const Box& b) {
  const double common = intersection(a, b).area();
  const double total = a.area() + b.area() - common;
  return total > 0 ? common / total : 0.0;
}

}  // namespace mammograft
