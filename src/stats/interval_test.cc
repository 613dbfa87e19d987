#include "stats/interval.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/testing.h"

namespace mammograft {
namespace {

TEST(Interval, EqualsNumpysNanpercentile) {
  for (const Json& item : golden_stats()["intervals"]) {
    std::vector<double> values;
    for (const Json& value : item["values"]) {
      values.push_back(value.is_null() ? std::nan("") : value.get<double>());
    }
    const Interval interval = percentile_interval(values, item["level"].get<double>());
    EXPECT_NEAR(interval.low, item["low"].get<double>(), 1e-12);
    EXPECT_NEAR(interval.high, item["high"].get<double>(), 1e-12);
  }
}

TEST(BcaInterval, EqualsScipy) {
  for (const Json& item : golden_intervals()["bca"]) {
    const Interval interval =
        bca_interval(item["value"].get<double>(), item["resamples"].get<std::vector<double>>(),
                     item["jackknife"].get<std::vector<double>>(), item["level"].get<double>());
    EXPECT_NEAR(interval.low, item["low"].get<double>(), 1e-9);
    EXPECT_NEAR(interval.high, item["high"].get<double>(), 1e-9);
  }
}

TEST(BcaInterval, IsThePercentileIntervalWhereTheBiasCannotBeTold) {
  const std::vector<double> above = {2, 3, 4, 5};
  const Interval bca = bca_interval(1, above, {}, 0.5), plain = percentile_interval(above, 0.5);
  EXPECT_EQ(bca.low, plain.low);
  EXPECT_EQ(bca.high, plain.high);
  EXPECT_TRUE(std::isnan(bca_interval(1, {}, {}, 0.5).low));
}

TEST(WilsonInterval, EqualsStatsmodels) {
  for (const Json& item : golden_intervals()["wilson"]) {
    const Interval interval = wilson_interval(
        item["hits"].get<double>(), item["trials"].get<double>(), item["level"].get<double>());
    EXPECT_NEAR(interval.low, item["low"].get<double>(), 1e-12);
    EXPECT_NEAR(interval.high, item["high"].get<double>(), 1e-12);
  }
  EXPECT_TRUE(std::isnan(wilson_interval(0, 0, 0.95).low));
}

TEST(Interval, OfNothingIsNotKnown) {
  EXPECT_TRUE(std::isnan(percentile_interval({}, 0.95).low));
  EXPECT_TRUE(std::isnan(percentile_interval({std::nan(""), std::nan("")}, 0.95).high));
}

}  // namespace
}  // namespace mammograft
