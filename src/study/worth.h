// What grafts are worth in real masses: how many of these `real` needs for the same rate.
#pragma once

#include <vector>

#include "study/arm_score.h"
#include "study/monotone_curve.h"

namespace mammograft {

struct Worth {
  size_t arm = 0, point = 0;    // indices of the study
  double masses = 0;            // real ones that the arm learns from, beside its grafts
  CurvePlace value, low, high;  // real masses without grafts that find as much, and the interval
  bool has_interval = false;
  // (value - masses) / grafts; NaN where the value lies outside of the curve, and of fresh grafts.
  double per_graft = 0;
};

// At `fppi` (index) for every arm with grafts, at each point of a learning curve; the curves of
// `real` are those of trainings of the same length. Resamples are read one by one: what lies
// outside of the curve counts as its end. Empty where `real` has fewer than two points, or where
// their masses are not known.
std::vector<Worth> worths(const Study& study, const std::vector<ArmScore>& scores,
                          const EvaluateResult& scored, size_t fppi);

}  // namespace mammograft
