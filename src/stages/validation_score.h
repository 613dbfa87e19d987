// What chooses a detector's best state.
#pragma once

#include <vector>

#include "cohort/cohort.h"
#include "cohort/detections.h"

namespace mammograft {

// The TPR, meant over a range of false positives per image: at a single one a few dozen masses tell
// little. Takes `threads` threads (0: all cores).
double validation_score(const Cohort& truth, const std::vector<Detection>& detections, int threads);

}  // namespace mammograft
