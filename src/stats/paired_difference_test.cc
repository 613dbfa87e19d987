#include "stats/paired_difference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/testing.h"

namespace mammograft {
namespace {

const double kNan = std::nan("");

Resampled resampled(double value, std::vector<double> resamples) {
  return {value, std::move(resamples), {}};
}

BootstrapOptions at_level(double level) {
  BootstrapOptions options;
  options.level = level;
  return options;
}

TEST(PairedDifference, SubtractsResampleByResample) {
  const std::vector<Resampled> statistics = {resampled(0.7, {1, 5, 2, kNan, 3}),
                                             resampled(0.4, {0, 6, 2, 1, 4})};
  const PairedDifference difference = paired_difference(statistics, 0, 1, at_level(0.5));
  EXPECT_EQ(difference.first, 0u);
  EXPECT_EQ(difference.second, 1u);
  EXPECT_DOUBLE_EQ(difference.value, 0.3);
  // 1, -1, 0, -1: two below, a tie, one above.
  EXPECT_DOUBLE_EQ(difference.below_zero, 2.5 / 4);
  EXPECT_DOUBLE_EQ(difference.interval.low, -1);     // np.percentile([1, -1, 0, -1], 25)
  EXPECT_DOUBLE_EQ(difference.interval.high, 0.25);  // ..., 75)
  const PairedDifference back = paired_difference(statistics, 1, 0, at_level(0.5));
  EXPECT_DOUBLE_EQ(back.below_zero, 1.5 / 4);
  EXPECT_DOUBLE_EQ(back.interval.low, -0.25);
}

TEST(PairedDifference, OfAStatisticAndItselfHasNoWidth) {
  const std::vector<Resampled> statistics = {resampled(0.5, {0.1, 0.9, 0.3})};
  const PairedDifference difference = paired_difference(statistics, 0, 0, at_level(0.95));
  EXPECT_EQ(difference.value, 0);
  EXPECT_EQ(difference.interval.low, 0);
  EXPECT_EQ(difference.interval.high, 0);
  EXPECT_EQ(difference.below_zero, 0.5);
}

TEST(PairedDifference, WithoutResamplesIsNotKnown) {
  const PairedDifference difference =
      paired_difference({resampled(3, {}), resampled(1, {})}, 0, 1, at_level(0.95));
  EXPECT_EQ(difference.value, 2);
  EXPECT_TRUE(std::isnan(difference.interval.low));
  EXPECT_TRUE(std::isnan(difference.below_zero));
}

TEST(PairedDifference, RefusesStatisticsThatWereNotDrawnTogether) {
  const std::vector<Resampled> apart = {resampled(1, {1, 2}), resampled(1, {1})};
  EXPECT_ERROR(paired_difference(apart, 0, 1, at_level(0.95)), defect, "2 and 1 resamples");
}

TEST(PairedDifferences, AreOfEveryPair) {
  const std::vector<PairedDifference> pairs =
      paired_differences({resampled(1, {1}), resampled(2, {2}), resampled(4, {4})}, at_level(0.95));
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_EQ(pairs[0].value, -1);
  EXPECT_EQ(pairs[1].value, -3);
  EXPECT_EQ(pairs[2].value, -2);
  EXPECT_EQ(pairs[2].first, 1u);
  EXPECT_EQ(pairs[2].second, 2u);
}

}  // namespace
}  // namespace mammograft
