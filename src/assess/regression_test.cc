#include "assess/regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/rng.h"
#include "core/testing.h"
#include "stats/auc.h"

namespace mammograft {
namespace {

constexpr int kFolds = 3;
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The first of three measures tells the synthetic ones, by `gap` deviations.
std::vector<MassSample> samples_apart(double gap) {
  Rng rng(3);
  std::vector<MassSample> samples;
  for (int i = 0; i < 120; ++i) {
    const bool synthetic = i % 2;
    samples.push_back({{},
                       synthetic,
                       {i / 2 % kFolds},
                       {rng.normal() + (synthetic ? gap : 0), rng.normal(), rng.normal()}});
  }
  return samples;
}

double area(const std::vector<MassSample>& samples, size_t first, size_t count) {
  const std::vector<int> fold = test_folds(samples, kFolds);
  const std::vector<double> scores = regression_scores(samples, fold, first, count);
  std::vector<ScoredCase> scored;
  for (size_t i = 0; i < samples.size(); ++i)
    scored.push_back({scores[i], samples[i].synthetic, fold[i], {}});
  return stratified_auc(scored);
}

// Of two normal distributions a gap of g deviations gives an area of Phi(g / sqrt 2).
TEST(Regression, FindsTheMeasureThatTells) {
  const auto samples = samples_apart(2);
  EXPECT_NEAR(area(samples, 0, 3), 0.921, 0.04);
  EXPECT_NEAR(area(samples, 0, 1), 0.921, 0.04);
  EXPECT_NEAR(area(samples, 1, 2), 0.5, 0.12);
  EXPECT_NEAR(area(samples_apart(0), 0, 3), 0.5, 0.12);
}

TEST(Regression, WhatIsNotKnownCountsAsTheMean) {
  auto samples = samples_apart(2);
  const std::vector<int> fold = test_folds(samples, kFolds);
  samples[0].appearance = {kUnknown, kUnknown, kUnknown};
  double sum = 0;
  int learnt = 0;
  for (const MassSample& sample : samples) {
    if (sample.folds[0] == samples[0].folds[0]) continue;
    sum += sample.appearance[0];
    ++learnt;
  }
  const double unknown = regression_scores(samples, fold, 0, 1)[0];
  samples[0].appearance = {sum / learnt, 0, 0};
  EXPECT_NEAR(regression_scores(samples, fold, 0, 1)[0], unknown, 1e-9);
  for (MassSample& sample : samples) sample.appearance[2] = kUnknown;  // of nobody
  for (const double score : regression_scores(samples, fold, 0, 3))
    EXPECT_TRUE(std::isfinite(score));
}

TEST(Regression, TestsOnlyWhatLiesInOneFoldAndLearnsFromNobodyOfIt) {
  auto samples = samples_apart(2);
  samples[1].folds = {0, 1};
  const std::vector<int> fold = test_folds(samples, kFolds);
  const std::vector<double> before = regression_scores(samples, fold, 0, 3);
  for (size_t i = 0; i < samples.size(); ++i) EXPECT_EQ(std::isfinite(before[i]), i != 1) << i;
  for (MassSample& sample : samples)
    if (sample.folds[0] == 2 && sample.synthetic) sample.appearance = {-9, 9, 9};
  const std::vector<double> after = regression_scores(samples, fold, 0, 3);
  for (size_t i = 0; i < samples.size(); ++i) {
    if (i == 1) continue;
    if (fold[i] != 2) {
      EXPECT_NE(before[i], after[i]) << i;
    } else if (!samples[i].synthetic) {
      EXPECT_EQ(before[i], after[i]) << i;
    }
  }
}

TEST(TestFolds, AFoldWithoutBothKindsTestsNobody) {
  std::vector<MassSample> samples = samples_apart(0);
  std::erase_if(samples, [](const MassSample& s) { return s.synthetic && s.folds[0] == 1; });
  const std::vector<int> fold = test_folds(samples, kFolds);
  for (size_t i = 0; i < samples.size(); ++i)
    EXPECT_EQ(fold[i], samples[i].folds[0] == 1 ? -1 : samples[i].folds[0]);
}

}  // namespace
}  // namespace mammograft
