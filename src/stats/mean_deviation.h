// Mean and standard deviation of a few numbers: folds, seeds.
#pragma once

#include <limits>
#include <vector>

namespace mammograft {

struct MeanDeviation {
  double mean = std::numeric_limits<double>::quiet_NaN();       // NaN of none
  double deviation = std::numeric_limits<double>::quiet_NaN();  // n - 1; NaN of fewer than two
  int count = 0;
};

// NaN do not count.
MeanDeviation mean_deviation(const std::vector<double>& values);

}  // namespace mammograft
