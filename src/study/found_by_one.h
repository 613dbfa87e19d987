// What an arm gains and loses: masses that one of two arms finds and the other does not.
#pragma once

#include <vector>

#include "study/arm_score.h"

namespace mammograft {

struct FoundByOne {
  size_t arm = 0, against = 0;
  double gained = 0, lost = 0;  // masses, mean over the seeds; each arm at its own operating point
  int masses = 0;
  int seeds = 0;  // that both were trained with
  // Of the first of these, what a gallery shows: indices of the evaluation's sets.
  size_t set = 0, set_against = 0;
  int64_t seed = 1;
};

// Every arm against `real` at `point`, at the evaluation's FPPI of that index. Arms that were
// trained with other seeds than `real` are left out.
std::vector<FoundByOne> found_by_one(const Study& study, const std::vector<ArmScore>& scores,
                                     const EvaluateResult& scored, size_t point, size_t fppi);

}  // namespace mammograft
