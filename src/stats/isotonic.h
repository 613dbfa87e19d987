// Isotonic regression: the rising function nearest to labels, by pooling adjacent violators. Ayer
// et al., "An empirical distribution function for sampling with incomplete information", Annals of
// Mathematical Statistics 26 (1955).
#pragma once

#include <vector>

#include "stats/labelled_score.h"

namespace mammograft {

// Straight between the knots, level beyond the first and the last.
struct IsotonicFit {
  std::vector<double> scores, values;  // knots, both ascending; empty: nothing was fitted
  double at(double score) const;       // NaN without a knot
};

// Equal scores are one point. Scores are not NaN.
IsotonicFit fit_isotonic(std::vector<LabelledScore> cases);

// The rising sequence nearest to the values, each of which weighs alike. None is NaN.
std::vector<double> rising(const std::vector<double>& values);

}  // namespace mammograft
