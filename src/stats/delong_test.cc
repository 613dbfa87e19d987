#include "stats/delong.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/rng.h"
#include "core/testing.h"
#include "stats/auc.h"
#include "stats/testing.h"

namespace mammograft {
namespace {

using Values = std::vector<double>;

double mean(const Values& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Scores of one reader: two kinds of cases.
struct Scores {
  Values negatives, positives;
};

double wins(double negative, double positive) {
  return positive > negative ? 1 : positive == negative ? 0.5 : 0;
}

// The covariance of two U statistics from all pairs of pairs: pairs that share their positive,
// pairs that share their negative, each against the means of all. No placements, no sorting.
double slow_covariance(const Scores& a, const Scores& b) {
  const size_t n = a.negatives.size(), m = a.positives.size();
  double mean_a = 0, mean_b = 0, same_positive = 0, same_negative = 0;
  for (size_t i = 0; i < m; ++i) {
    for (size_t j = 0; j < n; ++j) {
      mean_a += wins(a.negatives[j], a.positives[i]) / static_cast<double>(m * n);
      mean_b += wins(b.negatives[j], b.positives[i]) / static_cast<double>(m * n);
    }
  }
  for (size_t i = 0; i < m; ++i) {
    for (size_t j = 0; j < n; ++j) {
      const double from_a = wins(a.negatives[j], a.positives[i]) - mean_a;
      for (size_t k = 0; k < n; ++k) {
        same_positive += from_a * (wins(b.negatives[k], b.positives[i]) - mean_b);
      }
      for (size_t k = 0; k < m; ++k) {
        same_negative += from_a * (wins(b.negatives[j], b.positives[k]) - mean_b);
      }
    }
  }
  const auto count = [](size_t value) { return static_cast<double>(value); };
  return same_positive / (count(n) * count(n) * count(m - 1) * count(m)) +
         same_negative / (count(m) * count(m) * count(n - 1) * count(n));
}

// Several readers of the same cases, in steps, so that there are ties.
Scores some_scores(Rng rng, uint64_t reader, size_t negatives, size_t positives) {
  Rng own = rng.fork("reader", reader);
  const auto score = [&](double shift) {
    return std::round(2 * (rng.normal() + own.normal() + shift)) / 2;
  };
  Scores scores;
  for (size_t i = 0; i < negatives; ++i) scores.negatives.push_back(score(0));
  for (size_t i = 0; i < positives; ++i) scores.positives.push_back(score(1));
  return scores;
}

Placements placed(const Scores& scores) {
  return placements_of(scores.negatives, scores.positives);
}

TEST(Placements, HaveTheAucAsTheirMeans) {
  const Scores scores = some_scores(Rng(1), 0, 30, 20);
  const Placements placements = placed(scores);
  const double expected = auc(scores.negatives, scores.positives);
  EXPECT_NEAR(mean(placements.negatives), expected, 1e-12);
  EXPECT_NEAR(mean(placements.positives), expected, 1e-12);
}

TEST(Placements, CountTiesHalf) {
  const Placements placements = placements_of({1, 2, 2, 5}, {2, 3});
  EXPECT_EQ(placements.positives, (Values{0.5, 0.75}));         // (1 + 2/2)/4, 3/4
  EXPECT_EQ(placements.negatives, (Values{1, 0.75, 0.75, 0}));  // -, (1 + 1/2)/2, ...
}

TEST(DeLong, EqualsTheLoopOverAllPairsOfPairs) {
  for (uint64_t round = 0; round < 8; ++round) {
    const size_t negatives = 5 + 3 * round, positives = 26 - 3 * round;
    const Scores a = some_scores(Rng(round), 0, negatives, positives);
    const Scores b = some_scores(Rng(round), 1, negatives, positives);
    const double covariance = delong_covariance(placed(a), placed(b));
    EXPECT_NEAR(covariance, slow_covariance(a, b), 1e-13);
    EXPECT_GT(std::abs(covariance), 1e-4);
    EXPECT_NEAR(delong_variance(placed(b)), slow_covariance(b, b), 1e-13);
  }
}

TEST(DeLong, EqualsTheDefinitionInNumpyAndConfidenceinterval) {
  for (const Json& item : golden_stats()["delong"]) {
    std::vector<Placements> placements;
    for (size_t s = 0; s < 3; ++s) {
      const auto negatives = item["negatives"][s].get<Values>();
      const auto positives = item["positives"][s].get<Values>();
      EXPECT_NEAR(auc(negatives, positives), item["auc"][s].get<double>(), 1e-12);
      placements.push_back(placements_of(negatives, positives));
    }
    for (size_t a = 0; a < 3; ++a) {
      for (size_t b = 0; b < 3; ++b) {
        const double expected = item["covariance"][a][b].get<double>();
        EXPECT_NEAR(delong_covariance(placements[a], placements[b]), expected, 1e-14);
      }
      EXPECT_NEAR(delong_variance(placements[a]), item["covariance"][a][a].get<double>(), 1e-14);
    }
  }
}

// Over many samples the estimated variance is that which the AUC really has.
TEST(DeLong, IsTheVarianceOfTheAucOverSamples) {
  constexpr int kSamples = 2000;
  Values aucs, variances;
  for (int i = 0; i < kSamples; ++i) {
    const Scores scores = some_scores(Rng(1000 + static_cast<uint64_t>(i)), 0, 40, 30);
    aucs.push_back(auc(scores.negatives, scores.positives));
    variances.push_back(delong_variance(placed(scores)));
  }
  const double center = mean(aucs);
  for (double& value : aucs) value = (value - center) * (value - center);
  EXPECT_NEAR(mean(variances) / mean(aucs), 1, 0.1);  // 3 standard errors of a variance of 2000
}

TEST(DeLong, IsZeroWherePositivesAlwaysWin) {
  EXPECT_EQ(delong_variance(placements_of({1, 2, 2}, {3, 4})), 0);
}

TEST(DeLong, IsNotKnownForFewerThanTwoOfAKind) {
  EXPECT_TRUE(std::isnan(delong_variance(placements_of({1, 2}, {3}))));
  EXPECT_TRUE(std::isnan(delong_variance(placements_of({1}, {3, 4}))));
  EXPECT_TRUE(std::isnan(delong_variance(placements_of(Values{}, {3, 4}))));
}

TEST(DeLong, RefusesScoresThatAreNoNumbersAndOtherCases) {
  EXPECT_ERROR(placements_of({1, std::nan("")}, {2}), defect, "a score is NaN");
  const Placements two = placements_of({1, 2}, {3, 4}), three = placements_of({1, 2, 2}, {3, 4});
  EXPECT_ERROR(delong_covariance(two, three), defect, "2 and 3 cases");
}

}  // namespace
}  // namespace mammograft
