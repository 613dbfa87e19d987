// How many real masses a detector's training learns from.
#pragma once

#include "detect/validation_split.h"
#include "stages/cohort_part.h"

namespace mammograft {

// Those in the images of the part, but for the patients whom `train detector` holds out to choose
// the best state. Grafts do not count. Throws as reading the cohorts does.
int count_learnt_masses(const CohortPart& part, const ValidationOptions& validation, uint64_t seed);

}  // namespace mammograft
