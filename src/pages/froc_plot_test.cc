#include "pages/froc_plot.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

using Doubles = std::vector<double>;

TEST(FrocPlot, StepsFromTheLeftEndOfTheAxisToWhereTheDetectionsEnd) {
  EvaluateResult result = hand_made_evaluation();
  result.sets[0].froc.points.push_back({0.2, 2, 3, 1, 0.75});
  const Plot plot = froc_plot(result);
  ASSERT_EQ(plot.series.size(), 1u);
  EXPECT_TRUE(plot.series[0].steps);
  EXPECT_EQ(plot.series[0].x, (Doubles{0.05, 0.75}));  // 0.25 and 0.5 find nothing new
  EXPECT_EQ(plot.series[0].y, (Doubles{0.5, 1}));
  EXPECT_EQ(plot.x_range, (Doubles{0.05, 1}));
}

TEST(FrocPlot, HoldsTheLastValueToTheLastDetection) {
  const Plot plot = froc_plot(hand_made_evaluation());
  EXPECT_EQ(plot.series[0].x, (Doubles{0.05, 0.5}));
  EXPECT_EQ(plot.series[0].y, (Doubles{0.5, 0.5}));
}

TEST(FrocPlot, BandLiesOnTheAxis) {
  EvaluateResult result = hand_made_evaluation();
  result.sets[0].band[2].low = kUnknown;
  const Series series = froc_plot(result).series[0];
  EXPECT_EQ(series.band_x, Doubles{0.1});  // 0.01 is left of the axis, 0.5 not known
  EXPECT_EQ(series.low, Doubles{0.125});
  EXPECT_EQ(series.high, Doubles{0.75});
}

TEST(FrocPlot, AxisEndsAtTenFalsePositives) {
  EvaluateResult result = hand_made_evaluation();
  result.sets.push_back(hand_made_set());
  result.sets[1].name = "theirs";
  result.sets[1].froc.points.push_back({0.2, 2, 80, 1, 20});
  const Plot plot = froc_plot(result);
  EXPECT_EQ(plot.x_range, (Doubles{0.05, 10}));
  EXPECT_EQ(plot.x_ticks.back(), 10);
  EXPECT_EQ(plot.series[1].x.back(), 10);
  EXPECT_EQ(plot.series[1].y.back(), 0.5) << "the second mass is found beyond the axis";
  EXPECT_EQ(plot.series[0].label, "ours");
  EXPECT_EQ(plot.series[1].label, "theirs");
  EXPECT_TRUE(froc_plot(hand_made_evaluation()).series[0].label.empty()) << "no legend for one";
}

}  // namespace
}  // namespace mammograft
