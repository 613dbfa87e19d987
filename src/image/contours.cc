// Outlines along the borders between pixels. OpenCV's findContours joins pixel centres, which is
// half a pixel inside on every side; here the corners of pixels are joined instead.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "image/rle.h"

namespace mammograft {
namespace {

// Once around component `label`, clockwise on screen, from the top-left corner of its first pixel
// (x, y) in row order. Where two pixels touch by a corner only, the turn to the left keeps them in
// one ring.
Polygon trace(const cv::Mat& labels, int label, int x, int y) {
  const auto inside = [&](int px, int py) {
    return px >= 0 && py >= 0 && px < labels.cols && py < labels.rows &&
           labels.at<int>(py, px) == label;
  };
  static constexpr int kDx[4] = {1, 0, -1, 0}, kDy[4] = {0, 1, 0, -1};
  // The pixel ahead on the right of a corner, for each direction; the one on the left follows.
  static constexpr int kRightX[4] = {0, -1, -1, 0}, kRightY[4] = {0, 0, -1, -1};
  static constexpr int kLeftX[4] = {0, 0, -1, -1}, kLeftY[4] = {-1, 0, 0, -1};
  Polygon ring{{double(x), double(y)}};
  const int start_x = x, start_y = y;
  int direction = 0;
  while (true) {
    x += kDx[direction];
    y += kDy[direction];
    int turn = 1;
    if (inside(x + kLeftX[direction], y + kLeftY[direction])) {
      turn = 3;
    } else if (inside(x + kRightX[direction], y + kRightY[direction])) {
      turn = 0;
    }
    const int next = (direction + turn) % 4;
    if (x == start_x && y == start_y && next == 0) return ring;
    if (turn != 0) ring.push_back({double(x), double(y)});
    direction = next;
  }
}

double distance_to_segment(Point p, Point a, Point b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
  double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
  t = std::clamp(t, 0.0, 1.0);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

// Douglas and Peucker (1973) between ring[first] and ring[last]; marks what stays.
void simplify_part(const Polygon& ring, size_t first, size_t last, double tolerance,
                   std::vector<bool>& keep) {
  std::vector<std::pair<size_t, size_t>> parts{{first, last}};
  const size_t n = ring.size();
  while (!parts.empty()) {
    const auto [from, to] = parts.back();
    parts.pop_back();
    double worst = tolerance;
    size_t at = from;
    for (size_t i = from + 1; i < to; ++i) {
      const double d = distance_to_segment(ring[i], ring[from % n], ring[to % n]);
      if (d > worst) {
        worst = d;
        at = i;
      }
    }
    if (at == from) continue;
    keep[at] = true;
    parts.push_back({from, at});
    parts.push_back({at, to});
  }
}

size_t farthest(const Polygon& ring, Point from) {
  const auto d2 = [&](Point p) { return std::hypot(p.x - from.x, p.y - from.y); };
  return size_t(
      std::max_element(ring.begin(), ring.end(), [&](Point a, Point b) { return d2(a) < d2(b); }) -
      ring.begin());
}

Polygon simplify(Polygon ring, double tolerance) {
  if (tolerance <= 0 || ring.size() <= 4) return ring;
  // Two corners that certainly stay: a farthest pair, nearly.
  std::rotate(ring.begin(), ring.begin() + std::ptrdiff_t(farthest(ring, ring[0])), ring.end());
  const size_t second = farthest(ring, ring[0]);
  std::vector<bool> keep(ring.size(), false);
  keep[0] = keep[second] = true;
  simplify_part(ring, 0, second, tolerance, keep);
  simplify_part(ring, second, ring.size(), tolerance, keep);
  Polygon result;
  for (size_t i = 0; i < ring.size(); ++i) {
    if (keep[i]) result.push_back(ring[i]);
  }
  return result.size() < 3 ? ring : result;
}

}  // namespace

std::vector<Polygon> contours(const cv::Mat& mask, double tolerance_px) {
  cv::Mat labels;
  const int count = cv::connectedComponents(mask != 0, labels, 8, CV_32S);
  std::vector<bool> seen(size_t(count), false);
  std::vector<std::pair<double, Polygon>> found;
  for (int y = 0; y < labels.rows; ++y) {
    const int* row = labels.ptr<int>(y);
    for (int x = 0; x < labels.cols; ++x) {
      if (row[x] == 0 || seen[size_t(row[x])]) continue;
      seen[size_t(row[x])] = true;
      Polygon ring = trace(labels, row[x], x, y);
      const double size = signed_area(ring);
      found.emplace_back(size, simplify(std::move(ring), tolerance_px));
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Polygon> polygons;
  for (auto& [size, polygon] : found) polygons.push_back(std::move(polygon));
  return polygons;
}

}  // namespace mammograft
