// Differences of statistics of the same patients.
#pragma once

#include <cstddef>
#include <vector>

#include "stats/interval.h"
#include "stats/resampled.h"

namespace mammograft {

struct PairedDifference {
  size_t first = 0, second = 0;  // indices of the statistics
  double value = 0;              // the first minus the second
  Interval interval;             // NaN without resamples
  double below_zero = 0;  // share of resamples in which the first is lower, ties counting half
};

// Of two statistics of one bootstrap(). Resamples in which one of them is NaN do not count.
PairedDifference paired_difference(const std::vector<Resampled>& statistics, size_t first,
                                   size_t second, const BootstrapOptions& options);

// Every pair, in the order of the statistics: (0, 1), (0, 2), ..., (1, 2), ...
std::vector<PairedDifference> paired_differences(const std::vector<Resampled>& statistics,
                                                 const BootstrapOptions& options);

}  // namespace mammograft
