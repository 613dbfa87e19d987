// How likely a mass is at the places of a background: what PlacementOptions::prior and ::tissue
// say.
#pragma once

#include "graft/background.h"
#include "graft/placement_prior.h"

namespace mammograft {

// The prior's density there (none: uniform) times the share of glandular tissue around, where the
// background knows it. Empty where neither weighs. The prior must outlive it.
PlaceWeight place_weight(const Background& background, const PlacementPrior* prior);

}  // namespace mammograft
