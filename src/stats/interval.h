// Confidence intervals of a resampled statistic.
#pragma once

#include <vector>

namespace mammograft {

struct Interval {
  double low = 0, high = 0;
};

// The percentile interval: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter
// 13. `resampled` are the values of a statistic, those that are NaN do not count; `level` in (0,
// 1). NaN on both sides when nothing counts.
Interval percentile_interval(std::vector<double> resampled, double level);

}  // namespace mammograft
