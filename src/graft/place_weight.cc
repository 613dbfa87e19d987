#include "graft/place_weight.h"

#include <array>
#include <cmath>

namespace mammograft {
namespace {

constexpr double kArcMm = 1.5;  // either way; places lie on a grid of up to 2 mm

double distance_mm(Point a, Point b, const std::array<double, 2>& mm_per_px) {
  return std::hypot((a.y - b.y) * mm_per_px[0], (a.x - b.x) * mm_per_px[1]);
}

}  // namespace

PlaceWeight place_weight(const Background& background, const PlacementPrior* prior) {
  if (!prior && background.glandular.empty()) return {};
  return
      [frame = BreastFrame(background.breast, background.chest_wall_left), view = background.view,
       glandular = background.glandular, size = background.pixels.size(), prior](Point px) {
        const double there = prior ? prior->density(view, frame.to_breast(px)) : 1;
        return there * glandular.at({px.x / size.width, px.y / size.height});
      };
}

double nipple_distance_mm(const Background& background, Point px) {
  const Point nipple = nipple_of(background.breast, background.chest_wall_left);
  return distance_mm(px, nipple, background.mm_per_px);
}

PlaceWeight at_nipple_distance(const Background& background, double mm) {
  return [nipple = nipple_of(background.breast, background.chest_wall_left),
          mm_per_px = background.mm_per_px, weight = background.weight, mm](Point px) {
    if (std::abs(distance_mm(px, nipple, mm_per_px) - mm) > kArcMm) return 0.0;
    return weight ? weight(px) : 1.0;
  };
}

}  // namespace mammograft
