// What an arm gains or loses against another one, on the same patients.
#pragma once

#include <vector>

#include "study/arm_score.h"

namespace mammograft {

struct ArmDifference {
  size_t arm = 0, against = 0, point = 0;  // indices of the study
  double fppi = 0;
  Estimate gain;  // the arm's TPR minus the other's; patients drawn, and seeds where both have some
  // A permutation of patients takes the trainings as they are, a bootstrap draws them too where
  // there are several, and is the less exact with few patients: `p` is the larger of the two.
  double p_permutation = std::numeric_limits<double>::quiet_NaN();
  double p_bootstrap = std::numeric_limits<double>::quiet_NaN();
  double p = std::numeric_limits<double>::quiet_NaN();
  double p_holm = std::numeric_limits<double>::quiet_NaN();  // of p, over the arms
  // The least difference that a study of this size shows in 80 % of trials, at the level that Holm
  // asks of the most significant arm: (z(1 - alpha / (2 arms)) + z(0.8)) standard errors, these by
  // the resamples. NaN where these do not differ. Lachin, "Introduction to sample size
  // determination and power analysis for clinical trials", Controlled Clinical Trials 2 (1981).
  double detectable = std::numeric_limits<double>::quiet_NaN();
};

// Who is compared with whom, by name: at every point every arm with `real` and with `pie`, where
// these are (Study::arm_of).
std::vector<SystemScope::Contrast> contrasts_of(const Study& study);

// The differences at every FPPI, by point, against, arm, FPPI. `scored`: of these contrasts.
std::vector<ArmDifference> arm_differences(const Study& study, const std::vector<ArmScore>& scores,
                                           const EvaluateResult& scored);

// What a difference says; "shown" is: both its interval and its corrected p.
enum class Verdict { helps, harms, not_shown };
Verdict verdict_of(const Estimate& gain, double p_holm, double level);
Verdict verdict_of(const ArmDifference& difference, double level);

}  // namespace mammograft
