// How likely a mass is at the places of a background: what PlacementOptions::prior and ::tissue
// say.
#pragma once

#include <opencv2/core.hpp>

#include "graft/background.h"
#include "graft/placement_prior.h"

namespace mammograft {

// The prior's density there (none: uniform) times the share of glandular tissue around, where the
// background knows it. Empty where neither weighs. The prior must outlive it.
PlaceWeight place_weight(const Background& background, const PlacementPrior* prior);

// How far a point is from the nipple (nipple_of()), in mm.
double nipple_distance_mm(const Background& background, Point px);

// The background's own weight at places whose distance from the nipple is within 1.5 mm of `mm`, 0
// elsewhere: where the other view has the same lesion. Radiologists search along such an arc, since
// compression moves tissue along it rather than to or from the nipple.
PlaceWeight at_nipple_distance(const Background& background, double mm);

// The background's own weight where its mean over omega's box leaves room below white for the
// contrast (share of full scale), 0 elsewhere: on the brightest tissue no film would show the mass.
// The weight itself where there is room everywhere.
PlaceWeight where_room(const Background& background, const cv::Mat& omega, double contrast);

}  // namespace mammograft
