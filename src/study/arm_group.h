// How arms score on masses of a kind: small ones, subtle ones, those of a view.
#pragma once

#include <string>
#include <vector>

#include "study/arm_score.h"

namespace mammograft {

struct ArmGroup {
  size_t arm = 0;
  std::string by, group;  // "size", "10-20 mm"
  int masses = 0;
  Estimate rate;  // at the thresholds of the whole
  Estimate gain;  // against `real`, on the same patients; NaN of `real` itself
};

// By group, then arm: all groups of the evaluation at a point, at its FPPI of that index.
std::vector<ArmGroup> arm_groups(const Study& study, const std::vector<ArmScore>& scores,
                                 const EvaluateResult& scored, size_t point, size_t fppi);

}  // namespace mammograft
