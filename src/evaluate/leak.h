// The guard against scoring a model on patients from whom it learnt.
#pragma once

#include <set>
#include <string>

#include "cohort/cohort.h"
#include "cohort/detections.h"

namespace mammograft {

struct Leak {
  int patients = 0;     // shown by the searched images, from whom the model learnt too
  int of = 0;           // shown by the searched images: of a graft the lesion's patient too
  std::string example;  // one of them
};

// Only the patients of the images in `searched` count: a model of fold 0 learnt from the other
// folds, which stand in the same truth file.
Leak find_leak(const Cohort& truth, const std::set<int64_t>& searched, const DetectionsMeta& meta);

// Throws bad_input when there is a leak: says how many patients, names one and the option that
// overrides. `name` is the detections file.
void refuse_leak(const Leak& leak, const std::string& name);

}  // namespace mammograft
