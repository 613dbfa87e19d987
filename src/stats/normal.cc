#include "stats/normal.h"

#include <cmath>
#include <limits>
#include <numbers>

#include "core/error.h"

namespace mammograft {
namespace {

double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }

// Equation 26.2.23 of Abramowitz and Stegun, for share <= 1/2: wrong by less than 4.5e-4.
double rough_quantile(double share) {
  const double t = std::sqrt(-2 * std::log(share));
  return (2.515517 + t * (0.802853 + t * 0.010328)) /
             (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
         t;
}

}  // namespace

double normal_cdf(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

double normal_quantile(double share) {
  ensure(share >= 0 && share <= 1, "quantile of the normal distribution at {}", share);
  if (share == 0) return -std::numeric_limits<double>::infinity();
  if (share > 0.5) return -normal_quantile(1 - share);
  double z = rough_quantile(share);
  for (int i = 0; i < 3; ++i) {  // Halley's method: every step triples the digits
    const double u = (normal_cdf(z) - share) / density(z);
    z -= u / (1 + z * u / 2);
  }
  return z;
}

}  // namespace mammograft
