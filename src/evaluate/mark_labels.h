// Detections as scores that were right or wrong.
#pragma once

#include <vector>

#include "evaluate/set_result.h"
#include "stats/labelled_score.h"

namespace mammograft {

// Hits and false positives; what counts neither way is left out.
std::vector<LabelledScore> mark_labels(const SetResult& set);

}  // namespace mammograft
