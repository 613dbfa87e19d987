#include "phantom/strokes.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace mammograft {

namespace {

constexpr int kShift = 4;  // fixed-point bits of OpenCV's drawing functions

std::vector<cv::Point> to_fixed(const Polygon& polygon_mm, double mm_per_px) {
  std::vector<cv::Point> points;
  points.reserve(polygon_mm.size());
  const double scale = (1 << kShift) / mm_per_px;
  for (const Point& p : polygon_mm) {  // OpenCV's integers are pixel centres, ours are borders
    points.emplace_back(static_cast<int>(std::lround(p.x * scale)) - (1 << (kShift - 1)),
                        static_cast<int>(std::lround(p.y * scale)) - (1 << (kShift - 1)));
  }
  return points;
}

// A line that wanders: start, heading and curvature change smoothly.
Polygon wandering_line(Point from, double heading, double length, double wander, Rng& rng) {
  Polygon line{from};
  double turn = 0;
  const double step = 2;
  for (double s = 0; s < length; s += step) {
    turn = 0.85 * turn + wander * rng.normal();
    heading += turn;
    from = {from.x + step * std::cos(heading), from.y + step * std::sin(heading)};
    line.push_back(from);
  }
  return line;
}

void draw_duct(cv::Mat& canvas, double mm_per_px, Point from, double heading, double length,
               double width, int generation, Rng& rng) {
  const Polygon line = wandering_line(from, heading, length, 0.05, rng);
  draw_line(canvas, line, mm_per_px, width, static_cast<int>(70 + rng.integer(90)));
  if (generation >= 3) return;
  const int64_t branches = 1 + rng.integer(2);
  for (int64_t b = 0; b < branches; ++b) {
    const size_t at = static_cast<size_t>(rng.uniform(0.4, 1.0) * (line.size() - 1));
    draw_duct(canvas, mm_per_px, line[at], heading + rng.uniform(-0.5, 0.5),
              length * rng.uniform(0.5, 0.9), std::max(0.5, width * 0.75), generation + 1, rng);
  }
}

cv::Mat duct_tree(const TissueView& view, Rng rng) {
  cv::Mat canvas = cv::Mat::zeros(view.mask.size(), CV_8UC1);
  const int64_t count = 6 + rng.integer(7);
  for (int64_t k = 0; k < count; ++k) {
    const double heading = M_PI + rng.uniform(-1.0, 1.0);
    const Point start{view.shape.nipple.x - 3, view.shape.nipple.y + rng.uniform(-3, 3)};
    draw_duct(canvas, view.mm_per_px, start, heading, rng.uniform(12, 30), rng.uniform(0.8, 1.7), 0,
              rng);
  }
  return canvas;
}

// Veins enter near the chest wall or the axilla and run below the skin towards the nipple.
cv::Mat vessel_tree(const TissueView& view, double amount, Rng rng) {
  cv::Mat canvas = cv::Mat::zeros(view.mask.size(), CV_8UC1);
  const BreastShape& shape = view.shape;
  const int64_t count = static_cast<int64_t>(std::lround(amount * 5)) + rng.integer(2);
  for (int64_t k = 0; k < count; ++k) {
    const double span = 0.75 * shape.size.half_height_mm;
    const Point from{rng.uniform(0, 0.3) * shape.size.depth_mm,
                     shape.nipple.y + span * rng.uniform(-1.2, 0.9)};
    const double heading = std::atan2(shape.nipple.y - from.y, shape.nipple.x - from.x) +
                           (from.y < shape.nipple.y ? -1 : 1) * rng.uniform(0.0, 0.5);
    const Polygon vein = wandering_line(from, heading, rng.uniform(40, 95), 0.028, rng);
    const double width = rng.uniform(0.9, 2.2);
    const int value = static_cast<int>(60 + rng.integer(110));
    draw_line(canvas, vein, view.mm_per_px, width, value);
    if (!rng.chance(0.6)) continue;
    const size_t at = static_cast<size_t>(rng.uniform(0.3, 0.8) * (vein.size() - 1));
    draw_line(
        canvas,
        wandering_line(vein[at], heading + rng.uniform(-0.7, 0.7), rng.uniform(15, 50), 0.05, rng),
        view.mm_per_px, width * 0.65, value);
  }
  return canvas;
}

void blend_canvas(TissueView& view, const cv::Mat& canvas, double blur_mm, float strength) {
  cv::Mat soft;
  cv::GaussianBlur(canvas, soft, {0, 0}, std::max(0.3, blur_mm / view.mm_per_px));
  for (int i = 0; i < soft.rows; ++i) {
    const uchar* from = soft.ptr<uchar>(i);
    const float* depth = view.depth_mm.ptr<float>(i);
    float* out = view.attenuation.ptr<float>(i);
    for (int j = 0; j < soft.cols; ++j) {
      if (from[j] > 0) out[j] += strength * from[j] / 255.0F * std::min(1.0F, depth[j] / 6.0F);
    }
  }
}

// Adds amount * profile(q), q the elliptic radius, around a point.
template <typename Profile>
void add_blob(TissueView& view, Point centre, double rx, double ry, double angle, Profile profile) {
  const double px = view.mm_per_px, reach = 2.2 * std::max(rx, ry);
  const int i0 = std::max(0, static_cast<int>((centre.y - reach) / px));
  const int i1 = std::min(view.mask.rows, static_cast<int>((centre.y + reach) / px) + 1);
  const int j0 = std::max(0, static_cast<int>((centre.x - reach) / px));
  const int j1 = std::min(view.mask.cols, static_cast<int>((centre.x + reach) / px) + 1);
  const double c = std::cos(angle), s = std::sin(angle);
  for (int i = i0; i < i1; ++i) {
    for (int j = j0; j < j1; ++j) {
      const double dx = (j + 0.5) * px - centre.x, dy = (i + 0.5) * px - centre.y;
      const double u = (c * dx + s * dy) / rx, v = (-s * dx + c * dy) / ry;
      view.attenuation.at<float>(i, j) += static_cast<float>(profile(std::sqrt(u * u + v * v)));
    }
  }
}

void add_nipple(TissueView& view, Rng rng) {
  const double strength = rng.uniform(0.08, 0.2);
  const Point at{view.shape.nipple.x - 3.5, view.shape.nipple.y};
  add_blob(view, at, rng.uniform(3.5, 5), rng.uniform(3.5, 5), 0,
           [&](double q) { return strength * std::exp(-q * q * q); });
}

// Intramammary and axillary lymph nodes: smooth ovals with a fatty hilum.
void add_lymph_nodes(TissueView& view, Rng rng) {
  if (view.shape.view != View::mlo || !rng.chance(0.4)) return;
  const int64_t count = 1 + rng.integer(2);
  for (int64_t k = 0; k < count; ++k) {
    const Point at{rng.uniform(0.15, 0.6) * view.shape.size.depth_mm,
                   rng.uniform(0.04, 0.3) * view.shape.height_mm};
    const double r = rng.uniform(2.5, 5.5), strength = rng.uniform(0.06, 0.15);
    add_blob(view, at, r, r * rng.uniform(0.5, 0.8), rng.uniform(0, M_PI), [&](double q) {
      const double rim = 1 / (1 + std::exp((q - 1) / 0.06));
      return strength * rim * (1 - 0.7 * std::exp(-4 * q * q));
    });
  }
}

void add_calcifications(TissueView& view, Rng rng) {
  const int64_t count = 1 + rng.integer(5);
  for (int64_t k = 0; k < count; ++k) {
    const Point at{view.shape.nipple.x - rng.uniform(0.1, 0.9) * view.shape.size.depth_mm,
                   view.shape.nipple.y + rng.uniform(-0.6, 0.6) * view.shape.size.half_height_mm};
    const double r = std::max(view.mm_per_px, rng.log_uniform(0.25, 1.1));
    const double strength = rng.uniform(0.1, 0.3);
    add_blob(view, at, r, r * rng.uniform(0.7, 1.0), rng.uniform(0, M_PI),
             [&](double q) { return q < 1 ? strength * std::sqrt(1 - q * q) : 0.0; });
  }
}

}  // namespace

void fill_polygon(cv::Mat& image, const Polygon& polygon_mm, double mm_per_px, int value) {
  const std::vector<std::vector<cv::Point>> rings{to_fixed(polygon_mm, mm_per_px)};
  cv::fillPoly(image, rings, cv::Scalar(value), cv::LINE_8, kShift);
}

void draw_line(cv::Mat& image, const Polygon& line_mm, double mm_per_px, double width_mm,
               int value) {
  const std::vector<std::vector<cv::Point>> lines{to_fixed(line_mm, mm_per_px)};
  const double width_px = width_mm / mm_per_px;
  const int thickness = std::max(1, static_cast<int>(std::lround(width_px)));
  const double dim = std::min(1.0, width_px);  // thinner than a pixel: fainter instead
  cv::polylines(image, lines, false, cv::Scalar(value * dim), thickness, cv::LINE_AA, kShift);
}

void add_strokes(TissueView& view, const TissueTraits& traits, Rng rng) {
  blend_canvas(view, duct_tree(view, rng.fork("ducts")), 0.4, 0.08F);
  blend_canvas(view, vessel_tree(view, traits.vessels, rng.fork("vessels")), 0.35, 0.075F);
  add_nipple(view, rng.fork("nipple"));
  add_lymph_nodes(view, rng.fork("nodes"));
  if (traits.calcifications) add_calcifications(view, rng.fork("calcifications"));
}

}  // namespace mammograft
