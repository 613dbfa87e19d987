// What an arm gains or loses against another one in all settings of an experiment together.
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
  double p = std::numeric_limits<double>::quiet_NaN();       // by the resamples
  double p_holm = std::numeric_limits<double>::quiet_NaN();  // of p, over the arms
};

// Of every arm against `real`, by arm, then FPPI; empty where the study has one point. Patients and
// seeds are drawn once for all points, as for the single differences.
std::vector<MeanDifference> mean_differences(const Study& study,
                                             const std::vector<ArmScore>& scores,
                                             const EvaluateResult& scored);

}  // namespace mammograft
