#include "phantom/breast_shape.h"

#include <algorithm>
#include <cmath>

namespace mammograft {

namespace {

constexpr double kOutsideMm = 15;  // how far an outline runs beyond the image's border

// Catmull-Rom spline through the points, without the first and last segment.
Polygon spline(const Polygon& knots, int steps) {
  Polygon curve;
  for (size_t k = 1; k + 2 < knots.size(); ++k) {
    const Point &a = knots[k - 1], &b = knots[k], &c = knots[k + 1], &d = knots[k + 2];
    for (int s = 0; s < steps; ++s) {
      const double t = static_cast<double>(s) / steps, t2 = t * t, t3 = t2 * t;
      const auto blend = [&](double p, double q, double r, double u) {
        return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - u) * t2 +
                      (3 * q - p - 3 * r + u) * t3);
      };
      curve.push_back({blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)});
    }
  }
  return curve;
}

Polygon resample(const Polygon& curve, double step) {
  Polygon out{curve.front()};
  double left = step;
  for (size_t k = 1; k < curve.size(); ++k) {
    Point from = curve[k - 1];
    const Point to = curve[k];
    double length = std::hypot(to.x - from.x, to.y - from.y);
    while (length >= left) {
      const double t = left / length;
      from = {from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)};
      out.push_back(from);
      length -= left;
      left = step;
    }
    left -= length;
  }
  out.push_back(curve.back());
  return out;
}

// Slow waves of the skin, and the nipple as a bump on it; curve runs from top to bottom with equal
// steps. Returns the index of the nipple's tip.
size_t add_nipple_and_waves(Polygon& curve, Point nipple, double step, Rng rng) {
  size_t tip = 0;
  double best = 1e9;
  for (size_t k = 0; k < curve.size(); ++k) {
    const double d = std::hypot(curve[k].x - nipple.x, curve[k].y - nipple.y);
    if (d < best) best = d, tip = k;
  }
  const bool in_profile = rng.chance(0.7);
  const double height = in_profile ? rng.uniform(1.5, 4.0) : rng.uniform(0, 0.6);
  const double width = rng.uniform(3.2, 5.0);
  std::array<double, 3> amplitude{}, phase{}, wavelength{};
  for (size_t w = 0; w < 3; ++w) {
    amplitude[w] = rng.uniform(0.05, 0.35) * static_cast<double>(3 - w);
    phase[w] = rng.uniform(0, 2 * M_PI);
    wavelength[w] = rng.uniform(90, 140) / static_cast<double>(w + 1);
  }
  Polygon moved = curve;
  for (size_t k = 0; k < curve.size(); ++k) {
    const Point& a = curve[k > 0 ? k - 1 : 0];
    const Point& b = curve[std::min(k + 1, curve.size() - 1)];
    const double length = std::max(1e-9, std::hypot(b.x - a.x, b.y - a.y));
    const double s = (static_cast<double>(k) - static_cast<double>(tip)) * step;
    double out = height * std::exp(-std::pow(std::abs(s) / width, 2.5));
    for (size_t w = 0; w < 3; ++w) {
      out += amplitude[w] * std::sin(2 * M_PI * s / wavelength[w] + phase[w]);
    }
    // Downwards along the curve the outside is at (dy, -dx).
    moved[k].x += out * (b.y - a.y) / length;
    moved[k].y += -out * (b.x - a.x) / length;
  }
  curve = moved;
  return tip;
}

Polygon craniocaudal_curve(const BreastSize& size, double centre_y, Rng rng) {
  const double cut = size.chest_cut * size.depth_mm;
  const double skew = rng.uniform(-0.12, 0.12);
  const double cone = rng.uniform(0.0, 0.08);
  Polygon curve;
  for (int k = 0; k <= 400; ++k) {
    const double t = -1 + k / 200.0;
    const double body = std::pow(1 - std::pow(std::abs(t), size.fullness), 0.5);
    const double bulge = 1 + cone * std::exp(-t * t / 0.09) - cone * 0.5;
    curve.push_back({-cut + (size.depth_mm + cut) * body * bulge,
                     centre_y + size.half_height_mm * (t + skew * (1 - t * t))});
  }
  return curve;
}

// From the axilla over the breast to the fold below it and the abdomen.
Polygon oblique_curve(const BreastSize& size, double nipple_y, double axilla_x, double height_mm,
                      Rng rng) {
  const double d = size.depth_mm, rest = d - axilla_x;
  const double lower = d * rng.uniform(0.58, 0.78) * (1.1 - 0.2 * size.droop);
  const double fold_x = d * rng.uniform(0.14, 0.38), fold_y = nipple_y + lower;
  const double sag = size.droop * 0.1;
  const Polygon knots{{axilla_x * 1.12 + 6, -2 * kOutsideMm},
                      {axilla_x * 1.05 + 3, -kOutsideMm},
                      {axilla_x, 0.16 * nipple_y},
                      {axilla_x + (0.26 - sag) * rest, 0.42 * nipple_y},
                      {axilla_x + (0.74 - sag) * rest, 0.70 * nipple_y},
                      {d, nipple_y},
                      {0.955 * d, nipple_y + (0.36 + sag) * lower},
                      {0.72 * d, nipple_y + (0.76 + sag) * lower},
                      {0.36 * d + 0.5 * fold_x, fold_y - 0.02 * lower},
                      {fold_x, fold_y + 0.10 * lower},
                      {fold_x * 0.92, fold_y + 0.4 * lower},
                      {fold_x * rng.uniform(0.9, 1.8), height_mm + 40},
                      {fold_x, height_mm + 80}};
  return spline(knots, 24);
}

void add_pectoral(BreastShape& shape, double top_x, double bottom_y, Rng rng) {
  const double bow = rng.uniform(-0.02, 0.07), wave = rng.uniform(-0.012, 0.012);
  const double length = std::hypot(top_x, bottom_y);
  const Point normal{bottom_y / length, top_x / length};
  for (int k = 0; k <= 60; ++k) {
    const double t = k / 60.0;
    const double out = length * (bow * 4 * t * (1 - t) + wave * std::sin(2 * M_PI * t));
    shape.pectoral.push_back({std::max(0.0, top_x * (1 - t) + normal.x * out),
                              std::max(0.0, bottom_y * t + normal.y * out)});
  }
  shape.pectoral.push_back({0, 0});
  shape.pectoral_line = {Point{top_x, 0}, Point{0, bottom_y}};
}

}  // namespace

std::string to_string(View view) { return view == View::cc ? "CC" : "MLO"; }

BreastSize random_breast_size(Rng rng) {
  BreastSize size;
  const double scale = std::clamp(1 + 0.18 * rng.normal(), 0.68, 1.4);
  size.depth_mm = 96 * scale * rng.uniform(0.9, 1.1);
  size.half_height_mm = 84 * std::sqrt(scale) * rng.uniform(0.93, 1.07);
  size.roll_mm = rng.uniform(20, 34) * std::sqrt(scale);
  size.fullness = rng.uniform(1.85, 2.5);
  size.chest_cut = rng.uniform(0.08, 0.4);
  size.droop = rng.uniform(0, 1);
  return size;
}

BreastSize vary(const BreastSize& size, Rng rng) {
  BreastSize other = size;
  other.depth_mm *= 1 + 0.03 * rng.normal();
  other.half_height_mm *= 1 + 0.02 * rng.normal();
  other.fullness = std::max(1.7, size.fullness + 0.08 * rng.normal());
  other.chest_cut = std::clamp(size.chest_cut + 0.03 * rng.normal(), 0.02, 0.5);
  other.droop = std::clamp(size.droop + 0.06 * rng.normal(), 0.0, 1.0);
  return other;
}

BreastShape make_breast_shape(View view, const BreastSize& given, double width_mm, double height_mm,
                              Rng rng) {
  constexpr double kStepMm = 0.8;
  BreastShape shape;
  shape.view = view;
  shape.width_mm = width_mm;
  shape.height_mm = height_mm;
  shape.size = given;
  BreastSize& size = shape.size;
  size.depth_mm = std::min(size.depth_mm, 0.86 * width_mm);
  size.half_height_mm = std::min(size.half_height_mm, 0.47 * height_mm);
  Polygon curve;
  if (view == View::cc) {
    const double y = height_mm / 2 + 0.02 * height_mm * rng.normal();
    curve = craniocaudal_curve(size, y, rng.fork("outline"));
    const auto tip =
        std::max_element(curve.begin(), curve.end(), [](Point a, Point b) { return a.x < b.x; });
    shape.nipple = {tip->x, tip->y + rng.uniform(-4, 4)};
  } else {
    size.depth_mm = std::min(size.depth_mm * rng.uniform(0.97, 1.1), 0.86 * width_mm);
    const double top_x = size.depth_mm * rng.uniform(0.34, 0.62);
    const double nipple_y = height_mm * (0.56 + 0.08 * size.droop + rng.uniform(-0.02, 0.02));
    const double axilla_x = std::max(top_x + rng.uniform(4, 14), 0.46 * size.depth_mm);
    curve = oblique_curve(size, nipple_y, axilla_x, height_mm, rng.fork("outline"));
    shape.nipple = {size.depth_mm, nipple_y};
    add_pectoral(shape, top_x, height_mm * rng.uniform(0.40, 0.66), rng.fork("pectoral"));
  }
  curve = resample(curve, kStepMm);
  const size_t tip = add_nipple_and_waves(curve, shape.nipple, kStepMm, rng.fork("skin"));
  shape.nipple = curve[tip];
  shape.outline = curve;
  shape.outline.push_back({-kOutsideMm, std::max(curve.back().y, height_mm / 2)});
  shape.outline.push_back({-kOutsideMm, std::min(curve.front().y, height_mm / 2)});
  return shape;
}

Polygon clip_to_image(const Polygon& polygon, double width, double height) {
  Polygon out;
  for (const Point& p : polygon) {
    const Point q{std::clamp(p.x, 0.0, width), std::clamp(p.y, 0.0, height)};
    if (out.empty() || !(out.back() == q)) out.push_back(q);
  }
  if (out.size() > 1 && out.front() == out.back()) out.pop_back();
  return out;
}

}  // namespace mammograft
