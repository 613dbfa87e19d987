#include "stats/quantile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "stats/testing.h"

namespace mammograft {
namespace {

TEST(Quantile, IsNumpysDefault) {
  const std::vector<double> values = {4, 1, 3, 2};
  EXPECT_DOUBLE_EQ(quantile(values, 0.025), 1.075);  // np.percentile([1, 2, 3, 4], 2.5)
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(quantile(values, 1), 4);
  EXPECT_TRUE(std::isnan(quantile({}, 0.5)));
}

TEST(Quantile, EqualsNumpyOnListsWithTiesAndOfOne) {
  for (const Json& item : golden_stats()["quantiles"]) {
    auto values = item["values"].get<std::vector<double>>();
    const auto shares = item["shares"].get<std::vector<double>>();
    const auto expected = item["quantiles"].get<std::vector<double>>();
    for (size_t i = 0; i < shares.size(); ++i) {
      EXPECT_NEAR(quantile(values, shares[i]), expected[i], 1e-12) << shares[i];
    }
    std::sort(values.begin(), values.end());
    EXPECT_NEAR(quantile_of_sorted(values, shares[2]), expected[2], 1e-12);
  }
}

}  // namespace
}  // namespace mammograft
