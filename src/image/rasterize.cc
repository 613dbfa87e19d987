// Polygon to runs: rleFrPoly of the COCO API's maskApi.c, whose rounding every COCO tool shares.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "image/rle.h"

namespace mammograft {
namespace {

struct Step {
  int x, y;
};

// Sutherland and Hodgman (1974), against one side: keep where inside(p) >= 0.
template <typename Side>
Polygon clip(const Polygon& polygon, Side side) {
  Polygon result;
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Point& a = polygon[i];
    const Point& b = polygon[(i + 1) % polygon.size()];
    const double da = side(a), db = side(b);
    if (da >= 0) result.push_back(a);
    if ((da >= 0) != (db >= 0)) {
      const double t = da / (da - db);
      result.push_back({a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)});
    }
  }
  return result;
}

// COCO's walk below takes time and memory by the length of the outline. An outline that leaves the
// image by far is cut first, so far out that nothing inside changes.
Polygon clip_far(const Polygon& polygon, int height, int width) {
  const double margin = 4.0 * (width + height) + 1000;
  const Box box = bounds(polygon);
  if (box.x0 > -margin && box.y0 > -margin && box.x1 < width + margin && box.y1 < height + margin) {
    return polygon;
  }
  Polygon p = clip(polygon, [&](Point q) { return q.x + margin; });
  p = clip(p, [&](Point q) { return q.y + margin; });
  p = clip(p, [&](Point q) { return width + margin - q.x; });
  return clip(p, [&](Point q) { return height + margin - q.y; });
}

constexpr double kScale = 5;  // COCO walks the outline on a grid five times finer

std::vector<Step> fine_outline(const Polygon& polygon) {
  const size_t n = polygon.size();
  std::vector<Step> corners(n + 1);
  for (size_t i = 0; i < n; ++i) {
    corners[i] = {int(kScale * polygon[i].x + .5), int(kScale * polygon[i].y + .5)};
  }
  corners[n] = corners[0];
  std::vector<Step> outline;
  for (size_t j = 0; j < n; ++j) {
    int xs = corners[j].x, xe = corners[j + 1].x, ys = corners[j].y, ye = corners[j + 1].y;
    const int dx = std::abs(xe - xs), dy = std::abs(ys - ye);
    const bool flip = (dx >= dy && xs > xe) || (dx < dy && ys > ye);
    if (flip) {
      std::swap(xs, xe);
      std::swap(ys, ye);
    }
    const double slope = dx >= dy ? double(ye - ys) / dx : double(xe - xs) / dy;
    const int length = std::max(dx, dy);
    for (int d = 0; d <= length; ++d) {
      const int t = flip ? length - d : d;
      if (length == 0) {
        outline.push_back({xs, ys});
      } else if (dx >= dy) {
        outline.push_back({t + xs, int(ys + slope * t + .5)});
      } else {
        outline.push_back({int(xs + slope * t + .5), t + ys});
      }
    }
  }
  return outline;
}

// Places, counted down the columns, at which the outline passes from one column to the next: there
// the mask changes.
std::vector<int64_t> crossings(const std::vector<Step>& outline, int height, int width) {
  std::vector<int64_t> places;
  for (size_t j = 1; j < outline.size(); ++j) {
    const Step &a = outline[j - 1], &b = outline[j];
    if (a.x == b.x) continue;
    double xd = b.x < a.x ? b.x : b.x - 1;
    xd = (xd + .5) / kScale - .5;
    if (std::floor(xd) != xd || xd < 0 || xd > width - 1) continue;
    double yd = std::min(a.y, b.y);
    yd = std::ceil(std::clamp((yd + .5) / kScale - .5, 0.0, double(height)));
    places.push_back(int64_t(xd) * height + int64_t(yd));
  }
  places.push_back(int64_t{height} * width);
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace

Rle rasterize(const Polygon& polygon, int height, int width) {
  for (const Point& p : polygon) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y)) {
      fail(ErrorKind::bad_input, "polygon: found the point ({}, {}), expected finite coordinates",
           p.x, p.y);
    }
  }
  Rle rle{height, width, {}};
  std::vector<int64_t> runs =
      crossings(fine_outline(clip_far(polygon, height, width)), height, width);
  for (size_t i = runs.size(); i-- > 1;) runs[i] -= runs[i - 1];
  size_t j = 0;
  rle.counts.push_back(uint32_t(runs[j++]));
  while (j < runs.size()) {  // a run of no pixels joins its neighbours
    if (runs[j] > 0) {
      rle.counts.push_back(uint32_t(runs[j++]));
    } else if (++j < runs.size()) {
      rle.counts.back() += uint32_t(runs[j++]);
    }
  }
  return rle;
}

}  // namespace mammograft
