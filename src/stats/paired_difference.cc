#include "stats/paired_difference.h"

#include <limits>

namespace mammograft {
namespace {

double share_below_zero(const std::vector<double>& values) {
  const auto [count, all] = below(values);
  return all > 0 ? count / all : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

PairedDifference paired_difference(const std::vector<Resampled>& statistics, size_t first,
                                   size_t second, const BootstrapOptions& options) {
  const Resampled difference = statistics.at(first) - statistics.at(second);
  return {first, second, difference.value, interval_of(difference, options),
          share_below_zero(difference.resamples)};
}

std::vector<PairedDifference> paired_differences(const std::vector<Resampled>& statistics,
                                                 const BootstrapOptions& options) {
  std::vector<PairedDifference> pairs;
  for (size_t a = 0; a < statistics.size(); ++a) {
    for (size_t b = a + 1; b < statistics.size(); ++b) {
      pairs.push_back(paired_difference(statistics, a, b, options));
    }
  }
  return pairs;
}

}  // namespace mammograft
