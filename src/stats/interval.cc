#include "stats/interval.h"

#include <algorithm>
#include <cmath>

#include "stats/quantile.h"

namespace mammograft {

Interval percentile_interval(std::vector<double> resampled, double level) {
  std::erase_if(resampled, [](double value) { return std::isnan(value); });
  std::sort(resampled.begin(), resampled.end());
  return {quantile_of_sorted(resampled, (1 - level) / 2),
          quantile_of_sorted(resampled, (1 + level) / 2)};
}

}  // namespace mammograft
