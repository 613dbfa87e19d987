#include "stats/resampled.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

std::vector<double> differences(const std::vector<double>& first,
                                const std::vector<double>& second) {
  ensure(first.size() == second.size(), "paired difference: {} and {} resamples", first.size(),
         second.size());
  std::vector<double> result;
  for (size_t b = 0; b < first.size(); ++b) result.push_back(first[b] - second[b]);
  return result;
}

}  // namespace

Resampled operator-(const Resampled& first, const Resampled& second) {
  return {first.value - second.value, differences(first.resamples, second.resamples),
          differences(first.jackknife, second.jackknife)};
}

Interval interval_of(const Resampled& statistic, const BootstrapOptions& options) {
  if (options.interval == "bca") {
    return bca_interval(statistic.value, statistic.resamples, statistic.jackknife, options.level);
  }
  return percentile_interval(statistic.resamples, options.level);
}

double bootstrap_p(const Resampled& statistic, double null) {
  double below = 0, all = 0;
  for (double value : statistic.resamples) {
    if (std::isnan(value)) continue;
    below += value < null ? 1 : value == null ? 0.5 : 0;
    ++all;
  }
  if (all == 0) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(2 * std::min(below, all - below) / all, 2 / (all + 1), 1.0);
}

}  // namespace mammograft
