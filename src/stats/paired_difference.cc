#include "stats/paired_difference.h"

#include <cmath>
#include <limits>

#include "core/error.h"

namespace mammograft {
namespace {

std::vector<double> differences_of(const std::vector<double>& first,
                                   const std::vector<double>& second) {
  ensure(first.size() == second.size(), "paired difference: {} and {} resamples", first.size(),
         second.size());
  std::vector<double> differences;
  for (size_t b = 0; b < first.size(); ++b) differences.push_back(first[b] - second[b]);
  return differences;
}

double share_below_zero(const std::vector<double>& values) {
  double below = 0, all = 0;
  for (double value : values) {
    if (std::isnan(value)) continue;
    below += value < 0 ? 1 : value == 0 ? 0.5 : 0;
    ++all;
  }
  return all > 0 ? below / all : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

PairedDifference paired_difference(const std::vector<Resampled>& statistics, size_t first,
                                   size_t second, double level) {
  const Resampled& a = statistics.at(first);
  const Resampled& b = statistics.at(second);
  const std::vector<double> differences = differences_of(a.resamples, b.resamples);
  return {first, second, a.value - b.value, percentile_interval(differences, level),
          share_below_zero(differences)};
}

std::vector<PairedDifference> paired_differences(const std::vector<Resampled>& statistics,
                                                 double level) {
  std::vector<PairedDifference> pairs;
  for (size_t a = 0; a < statistics.size(); ++a) {
    for (size_t b = a + 1; b < statistics.size(); ++b) {
      pairs.push_back(paired_difference(statistics, a, b, level));
    }
  }
  return pairs;
}

}  // namespace mammograft
