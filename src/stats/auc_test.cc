#include "stats/auc.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "stats/testing.h"

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

TEST(StratifiedAuc, ComparesWithinStrataAndWeighsByPairs) {
  Rng rng(2);
  const std::vector<ScoredCase> cases = some_cases(rng, 20, 0.5);
  Times times;
  for (int p = 0; p < 20; ++p) times.push_back(static_cast<int>(rng.integer(3)));
  double wins = 0, pairs = 0;
  for (const ScoredCase& negative : cases) {
    for (const ScoredCase& positive : cases) {
      if (negative.positive || !positive.positive || negative.stratum != positive.stratum) continue;
      const double weight =
          times[negative.patients[0]] * times[positive.patients[0]] * times[positive.patients[1]];
      pairs += weight;
      wins += weight * (positive.score > negative.score    ? 1
                        : positive.score == negative.score ? 0.5
                                                           : 0);
    }
  }
  EXPECT_NEAR(stratified_auc(cases, times), wins / pairs, 1e-12);
}

// sklearn.metrics.roc_auc_score with sample_weight.
TEST(StratifiedAuc, CountsCasesAsOftenAsTheirPatientsLikeScikitLearn) {
  const Json& golden = golden_stats()["weighted_auc"];
  const auto scores = golden["scores"].get<std::vector<double>>();
  const auto positive = golden["positive"].get<std::vector<bool>>();
  std::vector<ScoredCase> cases;
  for (size_t i = 0; i < scores.size(); ++i) {
    cases.push_back({scores[i], positive[i], 0, {static_cast<int>(i)}});
  }
  const auto times = golden["times"].get<Times>();
  EXPECT_NEAR(stratified_auc(cases, times), golden["auc"].get<double>(), 1e-12);
  EXPECT_NE(stratified_auc(cases), stratified_auc(cases, times));
}

TEST(StratifiedAuc, CountsWhatTakesPartInAPair) {
  const StratifiedAuc strata({{1, false, 0, {}},
                              {2, true, 0, {}},
                              {3, true, 0, {}},
                              {4, false, 1, {}},
                              {5, false, 1, {}},
                              {6, true, 2, {}}});
  EXPECT_EQ(strata.negatives(), 1);
  EXPECT_EQ(strata.positives(), 2);
  EXPECT_EQ(strata.value(), 1);
}

TEST(StratifiedAuc, IsBlindToTheScaleOfAStratum) {
  Rng rng(3);
  std::vector<ScoredCase> cases = some_cases(rng, 20, 0.5);
  const double before = stratified_auc(cases);
  for (ScoredCase& one : cases) one.score += one.stratum == 1 ? 100 : 0;
  EXPECT_EQ(stratified_auc(cases), before);
}

}  // namespace
}  // namespace mammograft
