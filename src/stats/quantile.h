// Quantiles of a list of numbers.
#pragma once

#include <vector>

namespace mammograft {

// Linear interpolation between order statistics: rule 7 of Hyndman and Fan, "Sample quantiles in
// statistical packages", The American Statistician 50 (1996), which is numpy's default. `share` in
// [0, 1]. NaN when `values` is empty; no value may be NaN.
double quantile(std::vector<double> values, double share);

// The same of values that ascend already.
double quantile_of_sorted(const std::vector<double>& ascending, double share);

}  // namespace mammograft
