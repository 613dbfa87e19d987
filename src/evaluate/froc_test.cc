#include "evaluate/froc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.h"
#include "core/rng.h"

namespace mammograft {
namespace {

// Four images of two patients, three masses; worked by hand:
//
//   score  what          TP  FP   TPR  FPPI
//   inf    nothing        0   0   0    0
//   0.9    mass 0         1   0   1/3  0
//   0.8    false          1   1   1/3  1/4
//   0.7    mass 1, false  2   2   2/3  2/4    (a tie: both enter together)
//   0.5    false          2   3   2/3  3/4
//   0.4    mass 2         3   3   1    3/4
//   0.1    false          3   4   1    1
FrocData hand_data() {
  FrocData data;
  data.images_of_patient = {2, 2};
  data.patient_of_mass = {0, 0, 1};
  data.events = {{0.9, 0, 0},  {0.8, 1, -1}, {0.7, 0, 1}, {0.7, 1, -1},
                 {0.5, 0, -1}, {0.4, 1, 2},  {0.1, 0, -1}};
  return data;
}

TEST(Froc, FollowsTheHandWorkedTable) {
  const Froc froc = make_froc(hand_data());
  const std::vector<std::array<double, 5>> expected = {
      {INFINITY, 0, 0, 0, 0},   {0.9, 1, 0, 1. / 3, 0},    {0.8, 1, 1, 1. / 3, 0.25},
      {0.7, 2, 2, 2. / 3, 0.5}, {0.5, 2, 3, 2. / 3, 0.75}, {0.4, 3, 3, 1, 0.75},
      {0.1, 3, 4, 1, 1}};
  ASSERT_EQ(froc.points.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(froc.points[i].threshold, expected[i][0]);
    EXPECT_EQ(froc.points[i].true_positives, expected[i][1]);
    EXPECT_EQ(froc.points[i].false_positives, expected[i][2]);
    EXPECT_DOUBLE_EQ(froc.points[i].tpr, expected[i][3]);
    EXPECT_DOUBLE_EQ(froc.points[i].fppi, expected[i][4]);
  }
}

TEST(Froc, TakesTheHighestTprUpToTheLimitWithoutInterpolation) {
  const Froc froc = make_froc(hand_data());
  EXPECT_DOUBLE_EQ(tpr_at(froc, 0), 1. / 3);
  EXPECT_DOUBLE_EQ(tpr_at(froc, 0.499), 1. / 3);
  EXPECT_DOUBLE_EQ(tpr_at(froc, 0.5), 2. / 3);
  EXPECT_DOUBLE_EQ(tpr_at(froc, 0.749), 2. / 3);
  EXPECT_DOUBLE_EQ(tpr_at(froc, 0.75), 1);
  EXPECT_DOUBLE_EQ(tpr_at(froc, 100), 1);
  EXPECT_EQ(point_at(froc, 0.3).threshold, 0.9) << "fewest false positives for that TPR";
  EXPECT_EQ(found_at(hand_data(), 0.7), (std::vector<char>{1, 1, 0}));
}

TEST(Froc, WithoutDetectionsOrMassesOrImages) {
  FrocData none = hand_data();
  none.events.clear();
  EXPECT_EQ(tpr_at(make_froc(none), 4), 0);
  FrocData healthy;
  healthy.images_of_patient = {2};
  healthy.events = {{0.5, 0, -1}};
  const Froc froc = make_froc(healthy);
  EXPECT_TRUE(std::isnan(tpr_at(froc, 4)));
  EXPECT_DOUBLE_EQ(froc.points.back().fppi, 0.5);
  EXPECT_THROW(make_froc(FrocData{}), Error);
}

// Straight from the definition: for every threshold count what lies at or above it.
double slow_tpr_at(const FrocData& data, double limit) {
  double best = 0;
  for (const FrocEvent& chosen : data.events) {
    double hits = 0, alarms = 0;
    for (const FrocEvent& event : data.events) {
      if (event.score >= chosen.score) (event.mass >= 0 ? hits : alarms) += 1;
    }
    if (alarms / data.images() <= limit) best = std::max(best, hits / data.masses());
  }
  return best;
}

TEST(Froc, AgreesWithTheDefinitionOnRandomDataWithTies) {
  Rng rng(7);
  for (int trial = 0; trial < 200; ++trial) {
    FrocData data;
    data.images_of_patient.assign(5, 2);
    const int masses = 1 + static_cast<int>(rng.integer(8));
    for (int m = 0; m < masses; ++m) {
      data.patient_of_mass.push_back(static_cast<int>(rng.integer(5)));
      if (rng.chance(0.8)) {
        data.events.push_back({rng.integer(8) / 8.0, data.patient_of_mass.back(), m});
      }
    }
    for (int f = 0; f < 30; ++f) {
      data.events.push_back({rng.integer(8) / 8.0, static_cast<int>(rng.integer(5)), -1});
    }
    std::sort(data.events.begin(), data.events.end(),
              [](const FrocEvent& a, const FrocEvent& b) { return a.score > b.score; });
    const Froc froc = make_froc(data);
    for (double x : {0.0, 0.1, 0.3, 0.5, 1.0, 2.5, 4.0}) {
      ASSERT_DOUBLE_EQ(tpr_at(froc, x), slow_tpr_at(data, x)) << "trial " << trial << " x " << x;
    }
  }
}

}  // namespace
}  // namespace mammograft
