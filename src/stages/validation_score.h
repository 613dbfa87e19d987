// What chooses a detector's best state.
#pragma once

#include <vector>

#include "cohort/cohort.h"
#include "cohort/detections.h"

namespace mammograft {

// The TPR, meant over a range of false positives per image: at a single one a few dozen masses tell
// little.
double validation_score(const Cohort& truth, const std::vector<Detection>& detections);

}  // namespace mammograft
