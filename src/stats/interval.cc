#include "stats/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/normal.h"
#include "stats/quantile.h"

namespace mammograft {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

void drop_unknown(std::vector<double>& values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
}

// Equation 14.15; 0 where leaving a patient out changes nothing.
double acceleration(std::vector<double> jackknife) {
  drop_unknown(jackknife);
  double mean = 0, squares = 0, cubes = 0;
  for (double value : jackknife) mean += value / static_cast<double>(jackknife.size());
  for (double value : jackknife) {
    const double d = mean - value;
    squares += d * d;
    cubes += d * d * d;
  }
  return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

// Equation 14.14: the share of the resampled values that lie below the value.
double share_of_sorted_below(const std::vector<double>& ascending, double value) {
  const auto [first, last] = std::equal_range(ascending.begin(), ascending.end(), value);
  const auto below = static_cast<double>(first - ascending.begin());
  return (below + static_cast<double>(last - first) / 2) / static_cast<double>(ascending.size());
}

}  // namespace

Interval percentile_interval(std::vector<double> resampled, double level) {
  drop_unknown(resampled);
  std::sort(resampled.begin(), resampled.end());
  return {quantile_of_sorted(resampled, (1 - level) / 2),
          quantile_of_sorted(resampled, (1 + level) / 2)};
}

Interval bca_interval(double value, std::vector<double> resampled,
                      const std::vector<double>& jackknife, double level) {
  drop_unknown(resampled);
  if (resampled.empty() || std::isnan(value)) return {kUnknown, kUnknown};
  std::sort(resampled.begin(), resampled.end());
  const double below = share_of_sorted_below(resampled, value);
  if (below <= 0 || below >= 1) return percentile_interval(std::move(resampled), level);
  const double bias = normal_quantile(below), a = acceleration(jackknife);
  const auto bound = [&](double share) {  // equation 14.10
    const double z = bias + normal_quantile(share);
    return quantile_of_sorted(resampled, normal_cdf(bias + z / (1 - a * z)));
  };
  return {bound((1 - level) / 2), bound((1 + level) / 2)};
}

Interval wilson_interval(double hits, double trials, double level) {
  if (!(trials > 0)) return {kUnknown, kUnknown};
  const double z = normal_quantile((1 + level) / 2), share = hits / trials;
  const double centre = share + z * z / (2 * trials), scale = 1 + z * z / trials;
  const double width =
      z * std::sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));
  // At the ends rounding would leave the bound a hair beside the share.
  return {hits <= 0 ? 0 : (centre - width) / scale, hits >= trials ? 1 : (centre + width) / scale};
}

}  // namespace mammograft
