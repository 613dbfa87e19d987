#include "stats/permutation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stats/testing.h"

namespace mammograft {
namespace {

// The sum over patients of their values, twice as many patients as values of one system.
BlockStatistics sum_of(const std::vector<double>& values) {
  return [&values](const TimesBlock& times) {
    std::vector<double> sums(kLanes, 0);
    for (size_t p = 0; p < values.size(); ++p)
      for (size_t l = 0; l < kLanes; ++l) sums[l] += times.of(static_cast<int>(p))[l] * values[p];
    return sums;
  };
}

// All 2^n ways to swap, counted.
double exact_p(const std::vector<double>& values) {
  const size_t n = values.size() / 2;
  double found = 0, extreme = 0;
  for (size_t p = 0; p < n; ++p) found += values[p] - values[p + n];
  for (size_t swaps = 0; swaps < (size_t{1} << n); ++swaps) {
    double difference = 0;
    for (size_t p = 0; p < n; ++p)
      difference += (swaps >> p & 1 ? -1 : 1) * (values[p] - values[p + n]);
    extreme += std::abs(difference) >= std::abs(found) - 1e-9;
  }
  return extreme / static_cast<double>(size_t{1} << n);
}

TEST(Permutation, ComesCloseToAllSwapsTogether) {
  const std::vector<double> values = {1.0, 2.5, 3.1, 0.4, 2.2, 1.7, 1.1, 2.9,
                                      0.7, 1.9, 3.3, 0.1, 1.2, 1.5, 0.3, 2.4};
  const double p = paired_permutation_p(8, sum_of(values), {20000, 3}, "test")[0];
  EXPECT_NEAR(p, exact_p(values), 4 * std::sqrt(p * (1 - p) / 20000));
}

TEST(Permutation, OfASystemWithItselfIsOne) {
  const std::vector<double> values = {1, 2, 3, 1, 2, 3};
  EXPECT_EQ(paired_permutation_p(3, sum_of(values), {100, 1}, "test")[0], 1);
}

TEST(Permutation, CannotFallBelowOneInItsRounds) {
  std::vector<double> values(60, 0);
  for (size_t p = 0; p < 30; ++p) values[p] = 1;
  EXPECT_DOUBLE_EQ(paired_permutation_p(30, sum_of(values), {99, 1}, "test")[0], 0.01);
}

TEST(Permutation, TheThreadsHaveNoSay) {
  const std::vector<double> values = {1.0, 2.5, 3.1, 0.4, 2.2, 1.7, 1.1, 2.9};
  const auto p = [&](int threads) {
    return paired_permutation_p(4, sum_of(values), {500, 3, threads}, "test");
  };
  EXPECT_EQ(p(1), p(3));
}

TEST(Permutation, TakesNoMoreThreadsThanItIsGiven) {
  SeenThreads seen;
  const BlockStatistics slow = [&](const TimesBlock&) {
    seen.add();
    return std::vector<double>(kLanes, 0);
  };
  paired_permutation_p(4, slow, {300, 1, 1}, "test");
  EXPECT_EQ(seen.count(), 1u);
}

TEST(Holm, EqualsStatsmodels) {
  for (const Json& item : golden_intervals()["holm"]) {
    const std::vector<double> adjusted = holm(item["p"].get<std::vector<double>>());
    for (size_t i = 0; i < adjusted.size(); ++i)
      EXPECT_NEAR(adjusted[i], item["adjusted"][i].get<double>(), 1e-15);
  }
}

TEST(Holm, LeavesOutWhatWasNotTested) {
  const std::vector<double> adjusted = holm({0.03, std::nan(""), 0.02});
  EXPECT_NEAR(adjusted[0], 0.04, 1e-15);
  EXPECT_TRUE(std::isnan(adjusted[1]));
  EXPECT_NEAR(adjusted[2], 0.04, 1e-15);
}

}  // namespace
}  // namespace mammograft
