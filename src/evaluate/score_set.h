// One result scored: everything but its intervals.
#pragma once

#include "evaluate/evaluate_options.h"
#include "evaluate/pooling.h"
#include "evaluate/set_result.h"

namespace mammograft {

// Throws bad_input: an image or category that the truth does not have, a leak (leak.h), no image to
// count over, a group that no mass has, a rule that the truth has no data for.
SetResult score_set(const Cohort& truth, const Pool& pool, const EvaluateOptions& options);

}  // namespace mammograft
