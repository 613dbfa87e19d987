#include "stats/isotonic.h"

#include <algorithm>
#include <limits>

namespace mammograft {
namespace {

// Neighbours that share a value.
struct Pool {
  double low, high;  // scores of its first and last
  double positives, count;
  double value() const { return positives / count; }
};

std::vector<Pool> pools_of_equal_scores(const std::vector<LabelledScore>& ascending) {
  std::vector<Pool> pools;
  for (const LabelledScore& one : ascending) {
    if (pools.empty() || pools.back().high != one.score)
      pools.push_back({one.score, one.score, 0, 0});
    pools.back().positives += one.positive;
    ++pools.back().count;
  }
  return pools;
}

void pool_violators(std::vector<Pool>& pools) {
  std::vector<Pool> rising;
  for (Pool pool : pools) {
    while (!rising.empty() && rising.back().value() >= pool.value()) {
      pool.low = rising.back().low;
      pool.positives += rising.back().positives;
      pool.count += rising.back().count;
      rising.pop_back();
    }
    rising.push_back(pool);
  }
  pools = std::move(rising);
}

}  // namespace

double IsotonicFit::at(double score) const {
  if (scores.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (score <= scores.front()) return values.front();
  if (score >= scores.back()) return values.back();
  const auto above = std::upper_bound(scores.begin(), scores.end(), score) - scores.begin();
  const auto i = static_cast<size_t>(above);
  const double share = (score - scores[i - 1]) / (scores[i] - scores[i - 1]);
  return values[i - 1] + share * (values[i] - values[i - 1]);
}

IsotonicFit fit_isotonic(std::vector<LabelledScore> cases) {
  std::sort(cases.begin(), cases.end(),
            [](const LabelledScore& a, const LabelledScore& b) { return a.score < b.score; });
  std::vector<Pool> pools = pools_of_equal_scores(cases);
  pool_violators(pools);
  IsotonicFit fit;
  for (const Pool& pool : pools) {
    for (double score : {pool.low, pool.high}) {
      if (!fit.scores.empty() && fit.scores.back() == score) continue;
      fit.scores.push_back(score);
      fit.values.push_back(pool.value());
    }
  }
  return fit;
}

std::vector<double> rising(const std::vector<double>& values) {
  std::vector<Pool> pools;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto place = static_cast<double>(i);
    pools.push_back({place, place, values[i], 1});
  }
  pool_violators(pools);
  std::vector<double> risen;
  for (const Pool& pool : pools)
    risen.insert(risen.end(), static_cast<size_t>(pool.count), pool.value());
  return risen;
}

}  // namespace mammograft
