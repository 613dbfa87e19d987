#include "assess/auc.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"

namespace mammograft {
namespace {

// Every pair by itself.
double slow_auc(const std::vector<double>& negatives, const std::vector<double>& positives) {
  double wins = 0;
  for (double n : negatives) {
    for (double p : positives) wins += p > n ? 1 : p == n ? 0.5 : 0;
  }
  return wins / static_cast<double>(negatives.size() * positives.size());
}

std::vector<double> coarse_scores(Rng& rng, int count, double shift) {
  std::vector<double> scores;
  for (int i = 0; i < count; ++i) scores.push_back(std::round(3 * (rng.normal() + shift)) / 3);
  return scores;
}

TEST(Auc, EqualsThePairwiseLoopWithTies) {
  Rng rng(1);
  for (int round = 0; round < 50; ++round) {
    const auto negatives = coarse_scores(rng, 1 + round, 0);
    const auto positives = coarse_scores(rng, 60 - round, 0.7);
    EXPECT_NEAR(auc(negatives, positives), slow_auc(negatives, positives), 1e-12);
  }
}

// sklearn.metrics.roc_auc_score of scikit-learn 1.9.1.
TEST(Auc, EqualsScikitLearn) {
  EXPECT_NEAR(auc({0.1, 0.4, 0.35, 0.8, 0.2}, {0.35, 0.9, 0.8, 0.05}), 0.6, 1e-12);
  EXPECT_NEAR(auc({1, 2, 2, 3, 1, 4, 2}, {4, 3, 3, 2, 4, 1, 4, 3}), 0.7232142857142858, 1e-12);
}

TEST(Auc, KnowsTheEnds) {
  EXPECT_EQ(auc({1, 2}, {3, 4}), 1);
  EXPECT_EQ(auc({3, 4}, {1, 2}), 0);
  EXPECT_EQ(auc({1, 1}, {1, 1, 1}), 0.5);
  EXPECT_TRUE(std::isnan(auc({}, {1})));
  EXPECT_TRUE(std::isnan(auc({1}, {})));
}

std::vector<ScoredMass> some_masses(Rng& rng, int patients, double shift) {
  std::vector<ScoredMass> masses;
  for (int p = 0; p < patients; ++p) {
    masses.push_back({std::round(4 * rng.normal()) / 4, false, p % 2, {p}});
    const int other = (p + 2) % patients;  // of the same fold
    masses.push_back({std::round(4 * (rng.normal() + shift)) / 4, true, p % 2, {p, other}});
  }
  return masses;
}

TEST(FoldAuc, ComparesWithinFoldsAndWeighsByPairs) {
  Rng rng(2);
  const std::vector<ScoredMass> masses = some_masses(rng, 20, 0.5);
  std::vector<double> times;
  for (int p = 0; p < 20; ++p) times.push_back(static_cast<double>(rng.integer(3)));
  double wins = 0, pairs = 0;
  for (const ScoredMass& real : masses) {
    for (const ScoredMass& fake : masses) {
      if (real.synthetic || !fake.synthetic || real.fold != fake.fold) continue;
      const double weight =
          times[real.patients[0]] * times[fake.patients[0]] * times[fake.patients[1]];
      pairs += weight;
      wins += weight * (fake.score > real.score ? 1 : fake.score == real.score ? 0.5 : 0);
    }
  }
  EXPECT_NEAR(fold_auc(masses, times), wins / pairs, 1e-12);
}

TEST(FoldAuc, IsBlindToTheScaleOfAFold) {
  Rng rng(3);
  std::vector<ScoredMass> masses = some_masses(rng, 20, 0.5);
  const double before = fold_auc(masses);
  for (ScoredMass& mass : masses) mass.score += mass.fold == 1 ? 100 : 0;
  EXPECT_EQ(fold_auc(masses), before);
}

TEST(Resampler, KeepsTheSizeOfEveryFold) {
  const PatientResampler resampler({0, 0, 0, 1, 1, 2});
  Rng rng(4);
  bool repeated = false;
  for (int i = 0; i < 20; ++i) {
    const std::vector<double> times = resampler.draw(rng);
    EXPECT_EQ(times[0] + times[1] + times[2], 3);
    EXPECT_EQ(times[3] + times[4], 2);
    EXPECT_EQ(times[5], 1);
    repeated |= times[0] > 1;
  }
  EXPECT_TRUE(repeated);
}

TEST(CompareAuc, GivesIntervalsAroundTheValueAndPairedDifferences) {
  Rng rng(5);
  std::vector<int> fold_of;
  for (int p = 0; p < 80; ++p) fold_of.push_back(p % 2);
  const auto close = some_masses(rng, 80, 0.2), far = some_masses(rng, 80, 1.5);
  BootstrapOptions options;
  options.resamples = 400;
  const AucComparison result = compare_auc({close, far, close}, fold_of, options);
  ASSERT_EQ(result.sets.size(), 3u);
  ASSERT_EQ(result.differences.size(), 3u);
  EXPECT_EQ(result.sets[0].value, fold_auc(close));
  EXPECT_LT(result.sets[0].interval.low, result.sets[0].value);
  EXPECT_GT(result.sets[0].interval.high, result.sets[0].value);
  EXPECT_EQ(result.sets[0].real, 80);
  EXPECT_EQ(result.sets[0].synthetic, 80);
  EXPECT_LT(result.differences[0].interval.high, 0);  // close is harder to tell than far
  EXPECT_GT(result.differences[0].below_zero, 0.99);
  EXPECT_EQ(result.differences[1].value, 0);  // a set against itself: paired, so without width
  EXPECT_EQ(result.differences[1].interval.low, 0);
  EXPECT_EQ(result.differences[1].interval.high, 0);
  const AucComparison again = compare_auc({close, far, close}, fold_of, options);
  EXPECT_EQ(again.sets[1].interval.low, result.sets[1].interval.low);
}

TEST(CompareAuc, OfAnEmptySetIsNotKnown) {
  const AucComparison result = compare_auc({{}}, {0, 1}, {});
  EXPECT_TRUE(std::isnan(result.sets[0].value));
  EXPECT_TRUE(std::isnan(result.sets[0].interval.low));
}

}  // namespace
}  // namespace mammograft
