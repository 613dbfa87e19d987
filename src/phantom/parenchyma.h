// The attenuation of a breast without a mass: fat, glandular tissue, skin, muscle.
#pragma once

#include <vector>

#include "core/rng.h"
#include "phantom/breast_shape.h"
#include "phantom/tissue.h"
#include "phantom/tissue_noise.h"

namespace mammograft {

// density_shares: of the classes a..d, need not sum to 1.
TissueTraits random_tissue(Rng rng, const std::vector<double>& density_shares);
TissueTraits vary(const TissueTraits& traits, Rng rng);  // the other breast

TissueView make_tissue(const BreastShape& shape, const TissueTraits& traits, double mm_per_px,
                       const TissueNoise& noise, Rng rng);

}  // namespace mammograft
