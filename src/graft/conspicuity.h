// Grafts that stand out as much as real masses do. A lesion at a place drawn anywhere often lies on
// fat, where it is easy to see; a detector that learns from such grafts ranks subtle masses lower.
//
// The conspicuity of a mass is its contrast over the deviation of the tissue around
// (graft/measures.h). That of a graft is foretold from its lesion's contrast and from the tissue at
// the place; a graft aims at what its lesion had on its own film, or where the subtlest masses
// cannot be grafted, at what the mass of its rank had, so that the grafts' distribution becomes
// that of the real masses.
#pragma once

#include <optional>

#include "core/rng.h"
#include "graft/background.h"
#include "graft/conspicuity_options.h"
#include "graft/lesion_bank.h"
#include "graft/placement.h"

namespace mammograft {

// For every lesion of the bank the conspicuity of the same quantile among all its real masses: its
// own where none is left out. NaN where the lesion's is not known.
std::vector<double> masses_of_same_rank(const LesionBank& bank);

// What a graft aims at whose lesion has this target (masses_of_same_rank); none where nothing is
// aimed at, or the target is not known.
std::optional<double> conspicuity_aim(double target, const ConspicuityOptions& options);

// Conspicuity that the mass would have there; NaN where the tissue around has no deviation.
// `origin`: place of the lesion's canvas.
double foretold_conspicuity(const Background& background, const WarpedLesion& lesion,
                            cv::Point origin);

struct ChosenPlace {
  cv::Point origin;
  double gain = 1;  // on the lesion's contrast
};

// Of options.places draws from the background's places the one that comes nearest to the aim, and
// the factor on the lesion's contrast, at most options.gain either way, that brings it nearer
// still. None where there is no place.
std::optional<ChosenPlace> choose_conspicuous_place(const Background& background,
                                                    const WarpedLesion& lesion, double aim,
                                                    const ConspicuityOptions& options, Rng& rng);

}  // namespace mammograft
