#include "stats/reliability.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mammograft {

Reliability reliability_of(const std::vector<LabelledScore>& cases, int bins, double level) {
  Reliability result;
  std::vector<double> sums(static_cast<size_t>(bins), 0);
  for (int b = 0; b < bins; ++b)
    result.bins.push_back({static_cast<double>(b) / bins, (b + 1.0) / bins, 0, 0, 0, 0, {}});
  for (const LabelledScore& one : cases) {
    const double place = std::floor(std::clamp(one.score, 0.0, 1.0) * bins);
    const auto b = static_cast<size_t>(std::min(place, bins - 1.0));
    ++result.bins[b].count;
    result.bins[b].positives += one.positive;
    sums[b] += one.score;
  }
  double error = 0;
  for (size_t b = 0; b < sums.size(); ++b) {
    ReliabilityBin& bin = result.bins[b];
    bin.mean_score = sums[b] / bin.count;  // NaN where there is none
    bin.share = static_cast<double>(bin.positives) / bin.count;
    bin.interval = wilson_interval(bin.positives, bin.count, level);
    if (bin.count > 0) error += bin.count * std::abs(bin.share - bin.mean_score);
  }
  result.expected_error = error / static_cast<double>(cases.size());
  return result;
}

}  // namespace mammograft
