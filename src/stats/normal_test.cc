#include "stats/normal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"
#include "stats/testing.h"

namespace mammograft {
namespace {

TEST(Normal, EqualsScipy) {
  const Json& golden = golden_intervals()["normal"];
  for (size_t i = 0; i < golden["shares"].size(); ++i) {
    const double expected = golden["quantiles"][i].get<double>();
    EXPECT_NEAR(normal_quantile(golden["shares"][i].get<double>()), expected,
                1e-9 * (1 + std::abs(expected)));
  }
  for (size_t i = 0; i < golden["z"].size(); ++i)
    EXPECT_NEAR(normal_cdf(golden["z"][i].get<double>()), golden["cdf"][i].get<double>(), 1e-15);
}

TEST(Normal, QuantileTurnsTheDistributionRound) {
  for (double z = -6; z <= 4; z += 0.37) EXPECT_NEAR(normal_quantile(normal_cdf(z)), z, 1e-7);
  EXPECT_EQ(normal_quantile(0), -INFINITY);
  EXPECT_EQ(normal_quantile(1), INFINITY);
  EXPECT_ERROR(normal_quantile(1.5), defect, "1.5");
}

}  // namespace
}  // namespace mammograft
