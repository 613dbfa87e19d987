#include "graft/place_weight.h"

namespace mammograft {

PlaceWeight place_weight(const Background& background, const PlacementPrior* prior) {
  if (!prior && background.glandular.empty()) return {};
  return
      [frame = BreastFrame(background.breast, background.chest_wall_left), view = background.view,
       glandular = background.glandular, size = background.pixels.size(), prior](Point px) {
        const double there = prior ? prior->density(view, frame.to_breast(px)) : 1;
        return there * glandular.at({px.x / size.width, px.y / size.height});
      };
}

}  // namespace mammograft
