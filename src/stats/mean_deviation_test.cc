#include "stats/mean_deviation.h"

#include <gtest/gtest.h>

#include <cmath>

namespace mammograft {
namespace {

TEST(MeanDeviation, IsMeanAndSampleDeviation) {
  const MeanDeviation of = mean_deviation({1, 2, std::nan(""), 6});
  EXPECT_EQ(of.count, 3);
  EXPECT_DOUBLE_EQ(of.mean, 3);
  EXPECT_DOUBLE_EQ(of.deviation, std::sqrt(7.0));
}

TEST(MeanDeviation, OfFewIsNotKnown) {
  EXPECT_TRUE(std::isnan(mean_deviation({}).mean));
  EXPECT_EQ(mean_deviation({0.5}).mean, 0.5);
  EXPECT_TRUE(std::isnan(mean_deviation({0.5}).deviation));
}

}  // namespace
}  // namespace mammograft
