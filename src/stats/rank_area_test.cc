#include "stats/rank_area.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/rng.h"
#include "core/testing.h"
#include "stats/auc.h"

namespace mammograft {
namespace {

constexpr double kBelowAll = -std::numeric_limits<double>::infinity();

// Some weigh nothing, some scores tie, some lie below everything.
std::vector<RankedItem> some_items(Rng& rng, int count, int patients) {
  std::vector<RankedItem> items;
  for (int i = 0; i < count; ++i) {
    const double score = rng.chance(0.15) ? kBelowAll : static_cast<double>(rng.integer(9));
    const double weight = rng.chance(0.1) ? 0 : rng.uniform(0.1, 1);
    const int patient = static_cast<int>(rng.integer(patients));
    items.push_back({score, rng.chance(0.4), weight, patient});
  }
  return items;
}

double slow_rank_area(const std::vector<RankedItem>& items) {
  double wins = 0, pairs = 0;
  for (const RankedItem& positive : items) {
    for (const RankedItem& negative : items) {
      if (!positive.positive || negative.positive) continue;
      const double pair = positive.weight * negative.weight;
      pairs += pair;
      if (negative.score < positive.score) wins += pair;
      if (negative.score == positive.score) wins += pair / 2;
    }
  }
  return wins / pairs;
}

// Every item as often as its patient was drawn.
std::vector<RankedItem> repeated_items(const std::vector<RankedItem>& items, const Times& times) {
  std::vector<RankedItem> all;
  for (const RankedItem& item : items) {
    all.insert(all.end(), static_cast<size_t>(times[static_cast<size_t>(item.patient)]), item);
  }
  return all;
}

TEST(RankArea, EqualsThePairwiseLoop) {
  Rng rng(1);
  for (int round = 0; round < 50; ++round) {
    const std::vector<RankedItem> items = some_items(rng, 20 + round, 10);
    EXPECT_NEAR(RankArea(items).value(), slow_rank_area(items), 1e-12);
  }
}

TEST(RankArea, CountsPatientsInEveryLaneAsIfTheirItemsStoodThereRepeatedly) {
  Rng rng(2);
  const int patients = 30;
  const std::vector<RankedItem> items = some_items(rng, 150, patients);
  TimesBlock block(patients);
  std::vector<Times> drawn;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    drawn.emplace_back();
    for (int p = 0; p < patients; ++p) drawn.back().push_back(static_cast<int>(rng.integer(4)));
    block.set(lane, drawn.back());
  }
  const Lanes<double> areas = RankArea(items).at(block);
  for (size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_NEAR(areas[lane], slow_rank_area(repeated_items(items, drawn[lane])), 1e-12) << lane;
  }
}

TEST(RankArea, OfPlainItemsIsTheAuc) {
  Rng rng(3);
  std::vector<RankedItem> items;
  std::vector<double> negatives, positives;
  for (int i = 0; i < 200; ++i) {
    const bool positive = rng.chance(0.5);
    const double score = std::round(4 * rng.normal()) + positive;
    items.push_back({score, positive, 1, i});
    (positive ? positives : negatives).push_back(score);
  }
  EXPECT_NEAR(RankArea(items).value(), auc(negatives, positives), 1e-12);
}

TEST(RankArea, DoesNotDependOnTheOrderNotEvenForRounding) {
  Rng rng(4);
  std::vector<RankedItem> items = some_items(rng, 200, 20);
  const double area = RankArea(items).value();
  for (int round = 0; round < 10; ++round) {
    rng.shuffle(items);
    EXPECT_EQ(RankArea(items).value(), area);
  }
}

TEST(RankArea, IsNotANumberInTheLanesThatLackOneKind) {
  TimesBlock times(2);
  times.set(3, 0, 0);
  times.set(4, 1, 0);
  const Lanes<double> areas = RankArea({{1, false, 1, 0}, {2, true, 1, 1}}).at(times);
  EXPECT_TRUE(std::isnan(areas[3]));
  EXPECT_TRUE(std::isnan(areas[4]));
  EXPECT_EQ(areas[5], 1);
  EXPECT_TRUE(std::isnan(RankArea({}).value()));
}

TEST(RankArea, TiesBelowEverythingCountHalf) {
  EXPECT_EQ(RankArea({{kBelowAll, false, 1, 0}, {kBelowAll, true, 1, 1}}).value(), 0.5);
  EXPECT_EQ(RankArea({{-1e300, false, 1, 0}, {kBelowAll, true, 1, 1}}).value(), 0);
}

TEST(RankArea, RefusesWhatIsNoScoreOrNoPatient) {
  EXPECT_ERROR(RankArea({{NAN, false, 1, 0}}), defect, "score nan");
  EXPECT_ERROR(RankArea({{1, false, 1, -1}}), defect, "patient -1");
  EXPECT_ERROR(RankArea({{1, false, 1, 7}}).at(TimesBlock(7)), defect, "8 patients asked for 7");
}

}  // namespace
}  // namespace mammograft
