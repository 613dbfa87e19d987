#include "phantom/mass.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "phantom/strokes.h"

namespace mammograft {

namespace {

constexpr int kContourPoints = 144;
constexpr double kRingEnd = 2.0;  // the surroundings reach to twice the contour's radius

cv::Matx33d random_rotation(Rng& rng) {
  // A uniform quaternion from four normal draws (Marsaglia 1972).
  cv::Vec4d q{rng.normal(), rng.normal(), rng.normal(), rng.normal()};
  q /= std::max(1e-9, cv::norm(q));
  const double w = q[0], x = q[1], y = q[2], z = q[3];
  return {1 - 2 * (y * y + z * z), 2 * (x * y - z * w),     2 * (x * z + y * w),
          2 * (x * y + z * w),     1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
          2 * (x * z - y * w),     2 * (y * z + x * w),     1 - 2 * (x * x + y * y)};
}

void add_waves(Mass& mass, double amplitude, int last, Rng& rng) {
  for (int k = 2; k <= last; ++k) {
    mass.waves.push_back({static_cast<double>(k), amplitude * rng.normal() / std::pow(k, 0.75),
                          rng.uniform(0, 2 * M_PI)});
  }
}

void add_spicules(Mass& mass, Rng& rng) {
  const int64_t count = 12 + rng.integer(14);
  for (int64_t k = 0; k < count; ++k) {
    mass.spicules.push_back({2 * M_PI * (static_cast<double>(k) + rng.uniform()) / count,
                             rng.uniform(1.4, 2.6), rng.uniform(0.5, 1.3), rng.uniform(-0.5, 0.5)});
  }
}

// Radius of the contour by direction, in mm.
class Outline {
 public:
  Outline(const Mass& mass, View view) : mass_(mass), turn_(mass.turn[view == View::cc ? 0 : 1]) {
    // Rows: image x and y (down) in the frame (nipple, lateral, up).
    const double s = std::sin(kObliqueAngle), c = std::cos(kObliqueAngle);
    const cv::Matx23d onto =
        view == View::cc ? cv::Matx23d{1, 0, 0, 0, -1, 0} : cv::Matx23d{1, 0, 0, 0, -s, -c};
    inverse_ = cv::Matx22d(onto * mass.form * onto.t()).inv();
  }

  double radius(double angle) const {
    const double x = std::cos(angle), y = std::sin(angle);
    const double q = inverse_(0, 0) * x * x + 2 * inverse_(0, 1) * x * y + inverse_(1, 1) * y * y;
    double factor = 1;
    for (const auto& [order, amplitude, phase] : mass_.waves) {
      factor += amplitude * std::cos(order * angle + phase + turn_);
    }
    if (mass_.lobes > 0) {
      const double lobe = std::abs(std::cos(mass_.lobes * angle / 2 + mass_.lobe_phase + turn_));
      factor += mass_.lobe_depth * (lobe - 0.64);
    }
    return std::max(0.45, factor) / std::sqrt(q);
  }

  Polygon contour(Point centre) const {
    Polygon polygon;
    for (int k = 0; k < kContourPoints; ++k) {
      const double angle = 2 * M_PI * k / kContourPoints, r = radius(angle);
      polygon.push_back({centre.x + r * std::cos(angle), centre.y + r * std::sin(angle)});
    }
    return polygon;
  }

 private:
  const Mass& mass_;
  double turn_;
  cv::Matx22d inverse_;
};

double largest_diameter(const Polygon& polygon) {
  double best = 0;
  for (const Point& a : polygon) {
    for (const Point& b : polygon) best = std::max(best, std::hypot(a.x - b.x, a.y - b.y));
  }
  return best;
}

void draw_spicules(MassShadow& out, const Mass& mass, const Outline& outline, Point centre,
                   double mm_per_px) {
  cv::Mat canvas = cv::Mat::zeros(out.box.size(), CV_8UC1);
  const Point corner{out.box.x * mm_per_px, out.box.y * mm_per_px};
  for (const Spicule& spicule : mass.spicules) {
    const double r = outline.radius(spicule.angle);
    for (int s = 0; s < 8; ++s) {  // in pieces, so that it tapers off
      Polygon piece;
      for (int k = 0; k <= 2; ++k) {
        const double t = (s + k / 2.0) / 8;
        const double at = r * (0.8 + t * (spicule.length - 0.8));
        const double angle = spicule.angle + spicule.bend * t * t;
        piece.push_back({centre.x - corner.x + at * std::cos(angle),
                         centre.y - corner.y + at * std::sin(angle)});
      }
      const double taper = 1 - s / 8.0;
      draw_line(canvas, piece, mm_per_px, spicule.width_mm * (0.4 + 0.6 * taper),
                static_cast<int>(150 * std::pow(taper, 0.8)));
    }
  }
  cv::GaussianBlur(canvas, canvas, {0, 0}, std::max(0.35, 0.3 / mm_per_px));
  cv::Mat lines;
  canvas.convertTo(lines, CV_32F, 1 / 255.0);
  out.shadow = cv::max(out.shadow, lines) + 0.25 * cv::min(out.shadow, lines);
}

}  // namespace

std::string to_string(MassShape shape) {
  switch (shape) {
    case MassShape::round:
      return "round";
    case MassShape::oval:
      return "oval";
    case MassShape::lobulated:
      return "lobulated";
    case MassShape::irregular:
      return "irregular";
    case MassShape::spiculated:
      return "spiculated";
  }
  return "";
}

Mass random_mass(double diameter_mm, Rng rng) {
  Mass mass;
  mass.diameter_mm = diameter_mm;
  const double draw = rng.uniform();
  mass.shape = draw < 0.16   ? MassShape::round
               : draw < 0.38 ? MassShape::oval
               : draw < 0.58 ? MassShape::lobulated
               : draw < 0.80 ? MassShape::irregular
                             : MassShape::spiculated;
  const bool smooth = mass.shape == MassShape::round || mass.shape == MassShape::oval ||
                      mass.shape == MassShape::lobulated;
  const double flat =
      mass.shape == MassShape::round ? rng.uniform(0.9, 1.0) : rng.uniform(0.55, 0.9);
  const cv::Matx33d axes = cv::Matx33d::diag({1, std::pow(rng.uniform(flat, 1.0), 2), flat * flat});
  const cv::Matx33d turn = random_rotation(rng);
  mass.form = turn * axes * turn.t();
  add_waves(mass, smooth ? 0.02 : 0.13, smooth ? 4 : 10, rng);
  if (mass.shape == MassShape::lobulated) {
    mass.lobes = static_cast<double>(2 + rng.integer(4));
    mass.lobe_depth = rng.uniform(0.25, 0.45);
    mass.lobe_phase = rng.uniform(0, M_PI);
  }
  if (mass.shape == MassShape::spiculated) add_spicules(mass, rng);
  if (mass.shape == MassShape::spiculated) {
    mass.margin = "spiculated";
    mass.softness = rng.uniform(0.08, 0.15);
  } else if (smooth && rng.chance(0.6)) {
    mass.margin = "circumscribed";
    mass.softness = rng.uniform(0.02, 0.05);
  } else {
    mass.margin = smooth ? "obscured" : "indistinct";
    mass.softness = rng.uniform(0.07, 0.16);
  }
  mass.turn = {0, rng.uniform(-0.5, 0.5)};
  double unit = 0;
  for (const View view : {View::cc, View::mlo}) {
    unit = std::max(unit, largest_diameter(Outline(mass, view).contour({0, 0})));
  }
  mass.form *= std::pow(diameter_mm / unit, 2);
  return mass;
}

MassShadow project_mass(const Mass& mass, View view, Point centre, cv::Size image,
                        double mm_per_px) {
  MassShadow out;
  const Outline outline(mass, view);
  out.contour = outline.contour(centre);
  out.size_mm = largest_diameter(out.contour);
  double reach = 0;
  for (const Point& p : out.contour) {
    reach = std::max(reach, std::hypot(p.x - centre.x, p.y - centre.y));
  }
  reach *= mass.spicules.empty() ? kRingEnd : 2.7;
  const cv::Point from(static_cast<int>((centre.x - reach) / mm_per_px) - 1,
                       static_cast<int>((centre.y - reach) / mm_per_px) - 1);
  const int side = static_cast<int>(2 * reach / mm_per_px) + 3;
  out.box = cv::Rect(from, cv::Size(side, side)) & cv::Rect({0, 0}, image);
  out.inside = cv::Mat::zeros(out.box.size(), CV_8UC1);
  out.around = cv::Mat::zeros(out.box.size(), CV_8UC1);
  out.shadow = cv::Mat::zeros(out.box.size(), CV_32FC1);
  for (int i = 0; i < out.box.height; ++i) {
    for (int j = 0; j < out.box.width; ++j) {
      const double dx = (j + out.box.x + 0.5) * mm_per_px - centre.x;
      const double dy = (i + out.box.y + 0.5) * mm_per_px - centre.y;
      const double q = std::hypot(dx, dy) / outline.radius(std::atan2(dy, dx));
      if (q < 1) out.inside.at<uchar>(i, j) = 255;
      if (q > 1.2 && q < kRingEnd) out.around.at<uchar>(i, j) = 255;
      // The chord of a ball, flattened: masses are compressed with the breast.
      const double chord = 0.55 + 0.45 * std::sqrt(std::max(0.0, 1 - q * q));
      out.shadow.at<float>(i, j) =
          static_cast<float>(chord / (1 + std::exp((q - 1) / mass.softness)));
    }
  }
  if (!mass.spicules.empty()) draw_spicules(out, mass, outline, centre, mm_per_px);
  return out;
}

}  // namespace mammograft
