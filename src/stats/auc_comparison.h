// AUCs of several sets of scores, and their differences, with intervals by resampling patients.
#pragma once

#include <string_view>
#include <vector>

#include "stats/auc.h"
#include "stats/bootstrap.h"
#include "stats/interval.h"
#include "stats/paired_difference.h"

namespace mammograft {

struct AucEstimate {
  double value = 0;                  // NaN without a pair
  Interval interval;                 // NaN without resamples
  int negatives = 0, positives = 0;  // that take part in a pair
};

struct AucComparison {
  std::vector<AucEstimate> sets;
  std::vector<PairedDifference> differences;  // every pair of sets
};

// The sets share their patients, and so their resamples: differences are paired. Resamples that
// leave a set without a pair do not count for it. Throws as bootstrap() does.
AucComparison compare_auc(const std::vector<std::vector<ScoredCase>>& sets,
                          const PatientResampler& patients, const BootstrapOptions& options,
                          std::string_view stream);

}  // namespace mammograft
