#include "stats/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/testing.h"
#include "stats/testing.h"

namespace mammograft {
namespace {

// The mean over patients, and how many they are.
Statistics mean_and_count(const std::vector<double>& values) {
  return [&values](const Times& times) -> std::vector<double> {
    double sum = 0, count = 0;
    for (size_t p = 0; p < values.size(); ++p) sum += times[p] * values[p], count += times[p];
    return {sum / count, count};
  };
}

std::vector<double> normal_values(int count) {
  Rng rng(1);
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(rng.normal());
  return values;
}

struct Moments {
  double mean = 0, deviation = 0;
};

Moments moments_of(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  Moments result{std::accumulate(values.begin(), values.end(), 0.0) / n, 0};
  for (double v : values) result.deviation += (v - result.mean) * (v - result.mean) / n;
  result.deviation = std::sqrt(result.deviation);
  return result;
}

// The resampled mean has the mean of the sample and its deviation over the root of n.
TEST(Bootstrap, OfAMeanHasItsStandardError) {
  const std::vector<double> values = normal_values(100);
  const Moments sample = moments_of(values);
  BootstrapOptions options;
  options.resamples = 4000;
  const auto result = bootstrap(PatientResampler(std::vector<int>(100, 0)), mean_and_count(values),
                                options, "test");
  ASSERT_EQ(result.size(), 2u);
  EXPECT_NEAR(result[0].value, sample.mean, 1e-12);
  EXPECT_EQ(result[1].value, 100);
  ASSERT_EQ(result[0].resamples.size(), 4000u);
  const Moments resampled = moments_of(result[0].resamples);
  EXPECT_NEAR(resampled.mean, sample.mean, 0.006);  // 4 of its own standard errors
  EXPECT_NEAR(resampled.deviation, sample.deviation / 10, 0.005);
}

TEST(Bootstrap, DrawsTheSameForTheSameSeedAndStream) {
  const std::vector<double> values = normal_values(20);
  const PatientResampler patients(std::vector<int>(20, 0));
  const BootstrapOptions options{30, 0.95, 1, "percentile"}, other{30, 0.95, 2, "percentile"};
  const Statistics statistics = mean_and_count(values);
  const auto first = bootstrap(patients, statistics, options, "a");
  EXPECT_EQ(first[0].resamples, bootstrap(patients, statistics, options, "a")[0].resamples);
  EXPECT_NE(first[0].resamples, bootstrap(patients, statistics, options, "b")[0].resamples);
  EXPECT_NE(first[0].resamples, bootstrap(patients, statistics, other, "a")[0].resamples);
}

TEST(Bootstrap, TheThreadsHaveNoSay) {
  const std::vector<double> values = normal_values(70);
  const auto with_threads = [&](int threads) {
    const BootstrapOptions options{200, 0.95, 1, "bca", threads};
    return bootstrap(PatientResampler(std::vector<int>(70, 0)), mean_and_count(values), options,
                     "test")[0];
  };
  EXPECT_EQ(with_threads(1).resamples, with_threads(3).resamples);
  EXPECT_EQ(with_threads(1).jackknife, with_threads(3).jackknife);
}

TEST(Bootstrap, TakesNoMoreThreadsThanItIsGiven) {
  SeenThreads seen;
  const BlockStatistics slow = [&](const TimesBlock&) {
    seen.add();
    return std::vector<double>(kLanes, 0);
  };
  bootstrap(PatientResampler(std::vector<int>(300, 0)), slow, {300, 0.95, 1, "bca", 1}, "test");
  EXPECT_EQ(seen.count(), 1u);
}

TEST(Bootstrap, WithoutResamplesGivesTheValue) {
  const std::vector<double> values = {1, 2, 6};
  const auto result = bootstrap(PatientResampler({0, 0, 0}), mean_and_count(values),
                                {0, 0.95, 1, "percentile"}, "test");
  EXPECT_EQ(result[0].value, 3);
  EXPECT_TRUE(result[0].resamples.empty());
}

TEST(Bootstrap, RefusesBadOptionsAndStatisticsThatComeAndGo) {
  const PatientResampler patients({0, 0});
  const auto none = [](const Times&) { return std::vector<double>{}; };
  EXPECT_ERROR(bootstrap(patients, none, {-1, 0.95, 1, "percentile"}, "test"), usage,
               "resamples: found -1");
  EXPECT_ERROR(bootstrap(patients, none, {10, 1.0, 1, "percentile"}, "test"), usage,
               "level: found 1");
  EXPECT_ERROR(bootstrap(patients, none, {10, 0, 1, "percentile"}, "test"), usage,
               "level: found 0");
  const auto growing = [](const Times& times) { return std::vector<double>(1 + (times[0] == 0)); };
  EXPECT_ERROR(bootstrap(patients, growing, {64, 0.95, 1, "percentile"}, "test"), defect,
               "statistics of a resample");
}

}  // namespace
}  // namespace mammograft
