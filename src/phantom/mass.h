// Masses: a shape in three dimensions, its projection to both views, its contour and its shadow.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "core/rng.h"
#include "phantom/breast_shape.h"

namespace mammograft {

enum class MassShape { round, oval, lobulated, irregular, spiculated };
std::string to_string(MassShape shape);

struct Spicule {
  double angle, length, width_mm, bend;  // length as a multiple of the radius below it
};

struct Mass {
  MassShape shape = MassShape::round;
  std::string margin;       // BI-RADS term: circumscribed, obscured, indistinct, spiculated
  double diameter_mm = 13;  // largest diameter of both projections' contours
  cv::Matx33d form;         // S of the ellipsoid x' S^-1 x = 1: x to the nipple, lateral, up
  std::vector<std::array<double, 3>> waves;  // of the contour: order, amplitude, phase
  double lobes = 0, lobe_depth = 0, lobe_phase = 0;
  double softness = 0.04;  // of the margin, as a share of the radius
  std::vector<Spicule> spicules;
  std::array<double, 2> turn{};  // of waves and lobes, by view: the same mass from another side
};

// A shape of that diameter. Frequencies of shapes and margins follow those of screening sets
// roughly.
Mass random_mass(double diameter_mm, Rng rng);

// The shadow of a mass of unit contrast: 1 in the middle, falling to 0 beyond the contour.
struct MassShadow {
  Polygon contour;  // mm, image frame (chest wall left)
  double size_mm;   // its largest diameter
  cv::Rect box;     // px, within the image
  cv::Mat inside;   // CV_8UC1 [box], 255 within the contour
  cv::Mat around;   // CV_8UC1 [box], 255 in a ring outside of it
  cv::Mat shadow;   // CV_32FC1 [box]
};

// The angle between the oblique view's direction and the vertical one's.
inline constexpr double kObliqueAngle = 50 * 3.14159265358979 / 180;

MassShadow project_mass(const Mass& mass, View view, Point centre_mm, cv::Size image,
                        double mm_per_px);

}  // namespace mammograft
