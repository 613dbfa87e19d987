#include "evaluate/delong_auc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/delong.h"
#include "stats/normal.h"

namespace mammograft {
namespace {

Placements placements_by_patient(const Reading& reading) {
  std::vector<double> negatives, positives;
  for (const RankedItem& one : case_scores(reading, Unit::patient))
    (one.positive ? positives : negatives).push_back(one.score);
  return placements_of(negatives, positives);
}

double auc_of(const Placements& placements) {
  const auto& shares = placements.positives;
  return std::accumulate(shares.begin(), shares.end(), 0.0) / static_cast<double>(shares.size());
}

}  // namespace

Interval delong_interval(const Reading& reading, double level) {
  const Placements placements = placements_by_patient(reading);
  const double half = normal_quantile((1 + level) / 2) * std::sqrt(delong_variance(placements));
  const double auc = auc_of(placements);
  if (std::isnan(half)) return {half, half};
  return {std::max(0.0, auc - half), std::min(1.0, auc + half)};
}

double delong_p(const Reading& first, const Reading& second) {
  const Placements a = placements_by_patient(first), b = placements_by_patient(second);
  const double variance = delong_variance(a) + delong_variance(b) - 2 * delong_covariance(a, b);
  if (!(variance > 0)) return std::numeric_limits<double>::quiet_NaN();
  return 2 * normal_cdf(-std::abs(auc_of(a) - auc_of(b)) / std::sqrt(variance));
}

}  // namespace mammograft
