// A statistic with what resampling made of it.
#pragma once

#include <limits>
#include <vector>

#include "stats/bootstrap_options.h"
#include "stats/interval.h"

namespace mammograft {

// Those of one call of bootstrap() are paired: resamples[b] of all of them come from the same
// patients.
struct Resampled {
  double value = std::numeric_limits<double>::quiet_NaN();  // of the sample, everybody once
  std::vector<double> resamples;                            // [options.resamples]
  std::vector<double> jackknife;  // [groups of patients], for BCa; else empty
};

// The one minus the other, resample by resample. They must come from one bootstrap().
Resampled operator-(const Resampled& first, const Resampled& second);

// Of one or more, resample by resample. They must come from one bootstrap().
Resampled mean_of(const std::vector<Resampled>& statistics);

// By options.interval and options.level; NaN on both sides without resamples.
Interval interval_of(const Resampled& statistic, const BootstrapOptions& options);

// Resamples below `null`, those at it counting half, of `all` that are known.
struct Below {
  double count = 0, all = 0;
};
Below below(const std::vector<double>& resamples, double null = 0);

// How often the sign of a statistic turns: twice the smaller share of resamples on either side of
// `null`, those at it counting half, and at least 2 / (resamples + 1). Two-sided; NaN without any.
double bootstrap_p(const Resampled& statistic, double null = 0);

}  // namespace mammograft
