// Where a mass stands in a breast, how strong it is, and its insertion into both views.
#pragma once

#include <string>
#include <vector>

#include "core/rng.h"
#include "phantom/mass.h"
#include "phantom/parenchyma.h"
#include "phantom/phantom_options.h"

namespace mammograft {

struct ImplantedMass {
  Polygon contour_mm;  // image frame, chest wall left
  double size_mm = 0;
  double cnr = 0;
  MassShape shape = MassShape::round;
  std::string margin;
};

// A position in the breast, relative to the nipple, in mm.
struct BreastPosition {
  double behind, lateral, up;
};
// The radiologist's rule: the distance behind the nipple is the same in both views.
Point project_position(const BreastPosition& position, const BreastShape& shape);

// views: CC and MLO of one breast. Chooses size, shape, place and contrast, and adds the mass to
// both attenuations. Returns one description for each view, in their order.
std::vector<ImplantedMass> implant_mass(std::vector<TissueView>& views,
                                        const PhantomOptions& options, const TissueNoise& noise,
                                        Rng rng);

}  // namespace mammograft
