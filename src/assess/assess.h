// How real do synthetic masses look? Measures of each mass, and how well a small network tells the
// synthetic from the real ones.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "assess/assess_input.h"
#include "assess/assess_options.h"
#include "assess/assessed_set.h"
#include "core/progress.h"
#include "stats/auc_comparison.h"

namespace mammograft {

struct Assessment {
  AssessedSet real;
  std::vector<AssessedSet> sets;
  std::vector<PairedDifference> differences;  // of the sets' AUC, by index
  std::vector<std::string> patients;
  Folds folds;                          // only measured, and none given: one
  std::shared_ptr<const void> origins;  // what `source` and `background` may point into
};

// The result points into the cohorts of `input`. Where told_apart is off nobody is tested: scores
// and AUC are NaN, and there are no differences. Throws bad_input (names cohort and image) where a
// cohort has no mass, a real image is synthetic, a synthetic one has no provenance, not one mass,
// or a lesion that no cohort holds, where the grafts of a set reach differently far beyond their
// masses (info.synthesis.options.lesion.dilation_mm), where a patient is in no fold, and where no
// synthetic mass of a set can be tested; usage for sets of one name. Same seed, same result, on any
// number of threads.
Assessment assess(const AssessInput& input, const AssessOptions& options, uint64_t seed,
                  int threads, Progress& progress);

}  // namespace mammograft
