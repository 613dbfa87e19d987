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

TEST(Interval, OfNothingIsNotKnown) {
  EXPECT_TRUE(std::isnan(percentile_interval({}, 0.95).low));
  EXPECT_TRUE(std::isnan(percentile_interval({std::nan(""), std::nan("")}, 0.95).high));
}

}  // namespace
}  // namespace mammograft
