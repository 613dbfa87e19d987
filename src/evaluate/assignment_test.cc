#include "evaluate/assignment.h"

#include <gtest/gtest.h>

#include "core/rng.h"

namespace mammograft {
namespace {

constexpr auto kCounted = RegionKind::counted;
constexpr auto kIgnored = RegionKind::ignored;
constexpr auto kCrowd = RegionKind::crowd;

Overlaps overlaps_of(const std::vector<std::vector<double>>& rows) {
  Overlaps overlaps(rows.size(), rows[0].size());
  for (size_t d = 0; d < rows.size(); ++d) {
    for (size_t r = 0; r < rows[d].size(); ++r) overlaps.at(d, r) = rows[d][r];
  }
  return overlaps;
}

TEST(AssignGreedy, TakesTheFreeRegionThatItOverlapsMost) {
  const Overlaps overlaps = overlaps_of({{0.6, 0.7}, {0.8, 0.9}, {0.9, -1}, {-1, -1}});
  EXPECT_EQ(assign_greedy(overlaps, {0.5, 0.9, 0.4, 0.8}),
            (std::vector<Assigned>{{0, false}, {1, false}, {0, true}, {-1, false}}));
}

TEST(AssignGreedy, OfEqualScoresTheBetterOverlapGoesFirstThenTheEarlierRow) {
  EXPECT_EQ(assign_greedy(overlaps_of({{0.6}, {0.7}, {0.7}}), {1, 1, 1}),
            (std::vector<Assigned>{{0, true}, {0, false}, {0, true}}));
  EXPECT_EQ(assign_greedy(overlaps_of({{0.7, 0.7}}), {1})[0].region, 0) << "the earlier region";
}

TEST(AssignCoco, TheThresholdItselfSuffices) {
  EXPECT_EQ(assign_coco(overlaps_of({{0.5}}), {kCounted}, 0.5), (std::vector<int>{0}));
  EXPECT_EQ(assign_coco(overlaps_of({{0.499}}), {kCounted}, 0.5), (std::vector<int>{-1}));
  EXPECT_EQ(assign_coco(overlaps_of({{1 - 1e-12}}), {kCounted}, 1), (std::vector<int>{0}))
      << "but for rounding";
}

TEST(AssignCoco, OfEqualOverlapsTheLaterRegionIsTaken) {
  EXPECT_EQ(
      assign_coco(overlaps_of({{0.7, 0.7}, {0.7, 0.7}, {0.7, 0.7}}), {kCounted, kCounted}, 0.5),
      (std::vector<int>{1, 0, -1}));
}

TEST(AssignCoco, RegionsThatCountComeFirst) {
  EXPECT_EQ(assign_coco(overlaps_of({{0.9, 0.6}, {0.9, 0.6}, {0.9, 0.6}}), {kCrowd, kCounted}, 0.5),
            (std::vector<int>{1, 0, 0}))
      << "a crowd takes any number";
  EXPECT_EQ(
      assign_coco(overlaps_of({{0.9, 0.6}, {0.9, 0.6}, {0.9, 0.6}}), {kIgnored, kCounted}, 0.5),
      (std::vector<int>{1, 0, -1}))
      << "a mass of another size takes one";
}

// COCOeval.evaluateImg, loop for loop: regions sorted by whether they count, and a search that
// stops at the first that does not once it has one that does.
std::vector<int> slow_coco(const Overlaps& overlaps, const std::vector<RegionKind>& kinds,
                           double threshold) {
  std::vector<int> order;
  for (bool counted : {true, false}) {
    for (int r = 0; r < static_cast<int>(kinds.size()); ++r) {
      if ((kinds[r] == kCounted) == counted) order.push_back(r);
    }
  }
  std::vector<int> matched_by(kinds.size(), -1), result;
  for (size_t d = 0; d < overlaps.detections(); ++d) {
    double best = threshold;
    int match = -1;
    for (int r : order) {
      if (matched_by[r] >= 0 && kinds[r] != kCrowd) continue;
      if (match >= 0 && kinds[match] == kCounted && kinds[r] != kCounted) break;
      if (overlaps.at(d, r) < best) continue;
      best = overlaps.at(d, r);
      match = r;
    }
    if (match >= 0) matched_by[match] = static_cast<int>(d);
    result.push_back(match);
  }
  return result;
}

TEST(AssignCoco, EqualsTheLoopsOfCoco) {
  Rng rng(4);
  int pairs = 0;
  for (int round = 0; round < 500; ++round) {
    Overlaps overlaps(1 + rng.integer(8), 1 + rng.integer(6));
    std::vector<RegionKind> kinds;
    for (size_t r = 0; r < overlaps.regions(); ++r) {
      kinds.push_back(static_cast<RegionKind>(rng.integer(3)));
      for (size_t d = 0; d < overlaps.detections(); ++d) {
        overlaps.at(d, r) = static_cast<double>(rng.integer(8)) / 7;  // few steps: ties
      }
    }
    const auto found = assign_coco(overlaps, kinds, 0.5);
    EXPECT_EQ(found, slow_coco(overlaps, kinds, 0.5));
    for (int region : found) pairs += region >= 0 ? 1 : 0;
  }
  EXPECT_GT(pairs, 500);
}

}  // namespace
}  // namespace mammograft
