#include "pages/calibration_section.h"

#include <gtest/gtest.h>

#include "pages/power_section.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

// Scores 0.9 (hit), 0.7 and 0.4 (false positives); the duplicate counts neither way.
TEST(CalibrationSection, DrawsSharesAgainstScores) {
  const Plot plot = reliability_plot(hand_made_evaluation());
  ASSERT_EQ(plot.series.size(), 2u);
  EXPECT_EQ(plot.series[1].x, (std::vector<double>{0.4, 0.7, 0.9}));
  EXPECT_EQ(plot.series[1].y, (std::vector<double>{0, 0, 1}));
  EXPECT_EQ(plot.series[1].low[0], 0);
}

TEST(CalibrationSection, SaysTheExpectedError) {
  const Section section = calibration_section(hand_made_evaluation(), no_drawing);
  EXPECT_EQ(to_csv(std::get<TableBlock>(section.blocks.at(1)).table).substr(0, 21),
            "result,error\nours,0.4");
}

TEST(PowerSection, AnswersInWords) {
  EvaluateResult result = hand_made_evaluation();
  result.options.power_gain = 0.05;
  result.power = {{0.5, {{100, 110, 0.6}, {200, 220, 0.81}}, {200, 220, 0.81}}};
  const Section section = power_section(result);
  EXPECT_EQ(std::get<Paragraph>(section.blocks.at(0)).text,
            "ours: finds 50.0 %. A system that finds 55.0 % is told apart in 81 % of trials with "
            "200 patients with masses, about 220 masses.");
  EXPECT_EQ(to_csv(power_table(result)),
            "result,patients,masses,power\nours,100,110,0.6\nours,200,220,0.81\n");
  result.power[0].enough = {};
  EXPECT_NE(std::get<Paragraph>(power_section(result).blocks.at(0)).text.find("not be told apart"),
            std::string::npos);
}

}  // namespace
}  // namespace mammograft
