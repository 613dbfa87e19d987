// The outline of a compressed breast in one view, in millimetres.
#pragma once

#include <array>
#include <string>

#include "core/rng.h"
#include "image/polygon.h"

namespace mammograft {

enum class View { cc, mlo };
std::string to_string(View view);

// Sizes shared by both views (and, but for small differences, both breasts) of a patient.
struct BreastSize {
  double depth_mm = 90;        // chest wall to nipple
  double half_height_mm = 75;  // half the extent along the chest wall, CC
  double roll_mm = 22;         // width of the rim within which the compressed breast thins out
  double fullness = 2.1;       // exponent of the CC outline; larger is squarer
  double chest_cut = 0.2;      // share of the depth that lies behind the chest wall edge
  double droop = 0.5;          // 0 .. 1
};
BreastSize random_breast_size(Rng rng);
BreastSize vary(const BreastSize& size, Rng rng);  // the other breast of the same patient

// The frame: x in mm from the chest wall edge of the image towards the air, y in mm from its top.
struct BreastShape {
  View view = View::cc;
  double width_mm = 0, height_mm = 0;  // of the image
  BreastSize size;
  Point nipple;      // tip
  Polygon outline;   // leaves the image at the chest wall (x < 0), in MLO also at top and bottom
  Polygon pectoral;  // MLO only; closed along the image's border
  std::array<Point, 2> pectoral_line;  // its ends: at the top border and at the chest wall
};
BreastShape make_breast_shape(View view, const BreastSize& size, double width_mm, double height_mm,
                              Rng rng);

// Points outside moved to the nearest border of the image.
Polygon clip_to_image(const Polygon& polygon, double width, double height);

}  // namespace mammograft
