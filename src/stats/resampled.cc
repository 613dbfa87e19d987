#include "stats/resampled.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr double kTie = 1e-12;  // sums and means of shares are as far off that are the same

std::vector<double> differences(const std::vector<double>& first,
                                const std::vector<double>& second) {
  ensure(first.size() == second.size(), "paired difference: {} and {} resamples", first.size(),
         second.size());
  std::vector<double> result;
  for (size_t b = 0; b < first.size(); ++b) result.push_back(first[b] - second[b]);
  return result;
}

void add(std::vector<double>& sum, const std::vector<double>& more) {
  ensure(sum.size() == more.size(), "mean: {} and {} resamples", sum.size(), more.size());
  for (size_t b = 0; b < sum.size(); ++b) sum[b] += more[b];
}

}  // namespace

Resampled operator-(const Resampled& first, const Resampled& second) {
  return {first.value - second.value, differences(first.resamples, second.resamples),
          differences(first.jackknife, second.jackknife)};
}

Resampled mean_of(const std::vector<Resampled>& statistics) {
  ensure(!statistics.empty(), "mean: of no statistic");
  Resampled mean = statistics.front();
  for (size_t i = 1; i < statistics.size(); ++i) {
    mean.value += statistics[i].value;
    add(mean.resamples, statistics[i].resamples);
    add(mean.jackknife, statistics[i].jackknife);
  }
  const auto count = static_cast<double>(statistics.size());
  mean.value /= count;
  for (double& value : mean.resamples) value /= count;
  for (double& value : mean.jackknife) value /= count;
  return mean;
}

Interval interval_of(const Resampled& statistic, const BootstrapOptions& options) {
  if (options.interval == "bca") {
    return bca_interval(statistic.value, statistic.resamples, statistic.jackknife, options.level);
  }
  return percentile_interval(statistic.resamples, options.level);
}

Below below(const std::vector<double>& resamples, double null) {
  Below found;
  for (double value : resamples) {
    if (std::isnan(value)) continue;
    found.count += value < null - kTie ? 1 : value <= null + kTie ? 0.5 : 0;
    ++found.all;
  }
  return found;
}

double bootstrap_p(const Resampled& statistic, double null) {
  const auto [count, all] = below(statistic.resamples, null);
  if (all == 0) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(2 * std::min(count, all - count) / all, 2 / (all + 1), 1.0);
}

}  // namespace mammograft
