// Where the rates of two arms cross as trainings get longer.
#pragma once

#include <vector>

#include "study/arm_score.h"

namespace mammograft {

struct Crossing {
  size_t arm = 0, against = 0;           // indices of the study
  int patients = 0;                      // as the points have them
  double first = 0, last = 0;            // lengths between which was looked
  std::vector<double> lengths;           // at which the sign of the difference changes; none: never
  double gain_first = 0, gain_last = 0;  // the difference at both ends
  // Of the resamples: the share in which they cross, and the interval of the last crossing there.
  double crossing_share = 0;
  Interval interval{std::numeric_limits<double>::quiet_NaN(),
                    std::numeric_limits<double>::quiet_NaN()};
};

// At `fppi` (index) for every arm against `real`, by number of patients. Between two points the
// difference runs straight over the logarithm of the length; points without a difference are none
// of its sign, and passed over. Empty where there are no two lengths.
std::vector<Crossing> crossings(const Study& study, const std::vector<ArmScore>& scores,
                                const EvaluateResult& scored, size_t fppi);

// The lengths at which differences change their sign. Both of one size, lengths ascending.
std::vector<double> sign_changes(const std::vector<double>& lengths,
                                 const std::vector<double>& differences);

}  // namespace mammograft
