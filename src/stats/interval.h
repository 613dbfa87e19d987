// Confidence intervals of a resampled statistic, and of a share.
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

// The bias-corrected and accelerated interval, chapter 14: equations 14.9 to 14.15. Resamples equal
// to `value` count half for the bias, because shares are discrete. `jackknife`: the values without
// each patient; NaN do not count; empty or all the same: no acceleration. The percentile interval
// where every resample lies on one side of the value and no bias can be told.
Interval bca_interval(double value, std::vector<double> resampled,
                      const std::vector<double>& jackknife, double level);

// Of a share `hits` of `trials` that are independent: Wilson, "Probable inference, the law of
// succession, and statistical inference", JASA 22 (1927). NaN for no trials.
Interval wilson_interval(double hits, double trials, double level);

}  // namespace mammograft
