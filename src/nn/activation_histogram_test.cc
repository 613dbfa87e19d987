#include "nn/activation_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/rng.h"
#include "core/testing.h"

namespace mammograft {
namespace {

std::vector<float> bell(int64_t count, bool negative, double outlier) {
  Rng rng(3);
  std::vector<float> values;
  for (int64_t i = 0; i < count; ++i) {
    const double sum = rng.uniform(-1, 1) + rng.uniform(-1, 1) + rng.uniform(-1, 1);
    values.push_back(static_cast<float>(negative ? sum : std::max(0.0, sum)));
  }
  values.push_back(static_cast<float>(outlier));
  return values;
}

// The mean squared error of really rounding the values.
double rounding_error(const std::vector<float>& values, double limit, bool negative) {
  const double step = limit / (negative ? 127 : 255);
  double sum = 0;
  for (const float value : values) {
    const double kept = std::clamp<double>(value, negative ? -limit : 0, limit);
    const double error = std::round(kept / step) * step - value;
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

ActivationRange range_of(const std::vector<float>& values) {
  ActivationHistogram histogram;
  histogram.add(values.data(), static_cast<int64_t>(values.size()));
  return histogram.range();
}

TEST(ActivationHistogram, FindsTheLimitThatRoundsBest) {
  for (const bool negative : {false, true}) {
    const std::vector<float> values = bell(200000, negative, 12);
    const ActivationRange range = range_of(values);
    EXPECT_EQ(range.negative, negative);
    double best = std::numeric_limits<double>::infinity(), best_limit = 0;
    for (double limit = 0.05; limit < 13; limit *= 1.01) {
      const double error = rounding_error(values, limit, negative);
      if (error < best) best = error, best_limit = limit;
    }
    EXPECT_LT(rounding_error(values, range.limit, negative), 1.05 * best)
        << "limit " << range.limit << ", best " << best_limit;
    // The outlier is worth cutting: what holds it costs more.
    EXPECT_GT(rounding_error(values, 12, negative), 1.1 * best);
  }
}

TEST(ActivationHistogram, DoesNotDependMuchOnTheOrder) {
  const std::vector<float> values = bell(50000, false, 5);
  ActivationHistogram forward, backward;
  for (const float value : values) forward.add(&value, 1);
  for (auto value = values.rbegin(); value != values.rend(); ++value) backward.add(&*value, 1);
  EXPECT_NEAR(forward.range().limit, backward.range().limit, 0.02 * backward.range().limit);
}

TEST(ActivationHistogram, ZerosAndWhatIsNotFinite) {
  EXPECT_EQ(range_of({0, 0}).limit, 1);
  EXPECT_FALSE(range_of({0, 0}).negative);
  EXPECT_ERROR(range_of({1, std::nanf("")}), bad_input, "not finite");
  EXPECT_ERROR(range_of({1, std::numeric_limits<float>::infinity()}), bad_input, "not finite");
}

}  // namespace
}  // namespace mammograft
