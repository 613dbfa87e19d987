#include "stats/delong.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace mammograft {
namespace {

using Values = std::vector<double>;

Values sorted(Values scores) {
  const bool known =
      std::none_of(scores.begin(), scores.end(), [](double s) { return std::isnan(s); });
  ensure(known, "placements: a score is NaN");
  std::sort(scores.begin(), scores.end());
  return scores;
}

// The share of `ascending` below the score, half of the ties included.
double share_below(const Values& ascending, double score) {
  const auto [first, last] = std::equal_range(ascending.begin(), ascending.end(), score);
  const auto twice = (first - ascending.begin()) + (last - ascending.begin());
  return static_cast<double>(twice) / static_cast<double>(2 * ascending.size());
}

double mean(const Values& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Unbiased. NaN with fewer than two pairs.
double covariance(const Values& x, const Values& y) {
  ensure(x.size() == y.size(), "covariance: {} and {} cases", x.size(), y.size());
  if (x.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double mean_x = mean(x), mean_y = mean(y);
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += (x[i] - mean_x) * (y[i] - mean_y);
  return sum / static_cast<double>(x.size() - 1);
}

// What one kind of cases adds: its part of equation 6.
double part(const Values& first, const Values& second) {
  return covariance(first, second) / static_cast<double>(first.size());
}

}  // namespace

Placements placements_of(const Values& negatives, const Values& positives) {
  const Values below = sorted(negatives), above = sorted(positives);
  Placements placements;
  if (below.empty() || above.empty()) return placements;
  for (double score : negatives) placements.negatives.push_back(1 - share_below(above, score));
  for (double score : positives) placements.positives.push_back(share_below(below, score));
  return placements;
}

double delong_covariance(const Placements& first, const Placements& second) {
  return part(first.negatives, second.negatives) + part(first.positives, second.positives);
}

double delong_variance(const Placements& placements) {
  return delong_covariance(placements, placements);
}

}  // namespace mammograft
