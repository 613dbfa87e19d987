// Platt scaling: a logistic curve through labels. Platt, "Probabilistic outputs for support vector
// machines" (1999), with the numerics of Lin, Lin and Weng, "A note on Platt's probabilistic
// outputs for support vector machines", Machine Learning 68 (2007).
#pragma once

#include <vector>

#include "stats/labelled_score.h"

namespace mammograft {

struct PlattFit {
  double slope = 0, offset = 0;   // of the logit
  double at(double score) const;  // 1 / (1 + exp(-(slope score + offset)))
};

// The labels are drawn in a little, as by Platt: (n+ + 1) / (n+ + 2) and 1 / (n- + 2). Needs a case
// of each kind: a defect otherwise.
PlattFit fit_platt(const std::vector<LabelledScore>& cases);

}  // namespace mammograft
