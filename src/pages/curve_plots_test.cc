#include "pages/curve_plots.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(CurvePlots, PrecisionFallsWithEveryFalsePositive) {
  EvaluateResult result = hand_made_evaluation();
  Reading& reading = result.sets[0].reading;
  reading.images = {{0, 0, -1, true, true}, {1, 1, -1, false, /*counted=*/false}};
  reading.targets = {{0, {0}}, {0, {1}}};
  // A further mark on a target that is found, and false ones where none counts for the FPPI.
  reading.marks = {{0.9, 0, 0}, {0.8, 0, 0}, {0.7, 1, -1}, {0.6, 1, -1}};
  const Plot plot = precision_recall_plot(result);
  ASSERT_EQ(plot.series.size(), 1u);
  EXPECT_EQ(plot.series[0].x, (std::vector<double>{0.5, 0.5}));
  EXPECT_EQ(plot.series[0].y, (std::vector<double>{1, 1 / 3.0}));
  EXPECT_TRUE(plot.series[0].label.empty());
  EXPECT_EQ(plot.title, short_rule(EvaluateOptions()));
}

TEST(CurvePlots, TheRocIsOfPatients) {
  EvaluateResult result = hand_made_evaluation();
  EXPECT_TRUE(roc_plot(result).series[0].x.empty()) << "no reading, no patient";
  Reading& reading = result.sets[0].reading;
  reading.patients = 3;
  reading.images = {{0, 0, -1, true, true}, {1, 1, -1, false, true}, {2, 2, -1, false, true}};
  reading.marks = {{0.9, 1, -1}, {0.5, 0, 0}};  // patient 2 has no mark
  const Series roc = roc_plot(result).series[0];
  EXPECT_EQ(roc.x, (std::vector<double>{0, 0.5, 0.5, 1}));
  EXPECT_EQ(roc.y, (std::vector<double>{0, 0, 1, 1}));
}

}  // namespace
}  // namespace mammograft
