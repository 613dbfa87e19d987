#include "pages/training_curves.h"

#include <gtest/gtest.h>

namespace mammograft {
namespace {

using Doubles = std::vector<double>;

TEST(TrainingCurves, TakesLossesAndTheLearningRate) {
  const TrainingCurves curves = training_curves({{"loss", {10, 20}, {2, 1}},
                                                 {"seconds", {10}, {7}},
                                                 {"learning_rate", {10, 20}, {0.5, 0.25}},
                                                 {"loss_mask", {20}, {3}}});
  ASSERT_EQ(curves.losses.size(), 2u);
  EXPECT_EQ(curves.losses[0].name, "loss");
  EXPECT_EQ(curves.losses[0].step, (Doubles{10, 20}));
  EXPECT_EQ(curves.losses[0].value, (Doubles{2, 1}));
  EXPECT_EQ(curves.losses[1].name, "loss_mask");
  ASSERT_TRUE(curves.lr);
  EXPECT_EQ(curves.lr->value, (Doubles{0.5, 0.25}));
  EXPECT_TRUE(training_curves({{"seconds", {10}, {7}}}).empty());
}

TEST(TrainingCurves, AveragesALongRun) {
  std::vector<LogSeries> log = {{"loss", {}, {}}};
  for (int step = 1; step <= 601; ++step) {
    log[0].step.push_back(step);
    log[0].value.push_back(step);
  }
  const LogSeries curve = training_curves(log).losses[0];
  ASSERT_EQ(curve.step.size(), 201u);  // by threes, the last alone
  EXPECT_EQ(curve.step[0], 3);
  EXPECT_EQ(curve.value[0], 2);
  EXPECT_EQ(curve.step[200], 601);
  EXPECT_EQ(curve.value[200], 601);
  log[0].step.resize(300);
  log[0].value.resize(300);
  EXPECT_EQ(training_curves(log).losses[0].step.size(), 300u);
}

TEST(TrainingPlots, HoldTheCurves) {
  const std::vector<Plot> plots = training_plots(training_curves(
      {{"loss", {1}, {2}}, {"loss_box", {1}, {3}}, {"learning_rate", {1, 2}, {0.5, 0.25}}}));
  ASSERT_EQ(plots.size(), 2u);
  EXPECT_EQ(plots[0].name, "training");
  ASSERT_EQ(plots[0].series.size(), 2u);
  EXPECT_EQ(plots[0].series[1].label, "loss_box");
  EXPECT_EQ(plots[0].series[1].y, Doubles{3});
  EXPECT_EQ(plots[1].name, "learning_rate");
  EXPECT_EQ(plots[1].series[0].y, (Doubles{0.5, 0.25}));
  EXPECT_EQ(plots[1].y_ticks, (Doubles{0, 0.25, 0.5}));
}

TEST(TrainingPlots, ARateOfZeroHasNoRange) {
  const std::vector<Plot> plots = training_plots(training_curves({{"learning_rate", {1}, {0}}}));
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_TRUE(plots[0].y_range.empty());
}

}  // namespace
}  // namespace mammograft
