// What an arm gains or loses against another one over the settings of an experiment.
#pragma once

#include <vector>

#include "study/arm_score.h"

namespace mammograft {

struct MeanDifference {
  size_t arm = 0, against = 0;  // indices of the study
  std::vector<size_t> points;   // where both have a training: two or more
  double fppi = 0;
  Estimate gain;        // mean over the points of the arm's TPR minus the other's
  size_t gains_at = 0;  // points at which it is above 0
  // By the resamples alone: less is asked than of ArmDifference::p.
  double p = std::numeric_limits<double>::quiet_NaN();
  double p_holm = std::numeric_limits<double>::quiet_NaN();  // of p, over the arms
};

// Of every arm against `real`, by arm, then FPPI: of those that share two points or more with it,
// which in an unfinished study need not be the same for all arms. Patients and seeds are drawn once
// for all points, as for the single differences.
std::vector<MeanDifference> mean_differences(const Study& study,
                                             const std::vector<ArmScore>& scores,
                                             const EvaluateResult& scored);

}  // namespace mammograft
