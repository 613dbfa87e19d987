#include "pages/terminal_text.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(TerminalText, HoldsEverySetAndOperatingPoint) {
  EvaluateResult result;
  result.sets.push_back(hand_made_set());
  result.sets[0].name = "blend";
  result.sets[0].counts.masses = 2;
  result.sets[0].counts.fppi_images = 4;
  result.sets[0].counts.false_positives = 3;
  OperatingPoint at;
  at.fppi_limit = 0.25;
  at.point.tpr = 0.5;
  at.tpr = {0.125, 0.875};
  result.sets[0].operating_points = {at};
  const std::string text = evaluation_text(result);
  EXPECT_EQ(text.substr(0, text.find('\n')), "blend: 2 masses, 4 images, 3 false positives in all");
  const std::string line = text.substr(text.find('\n') + 1);
  for (const char* part : {"0.25", "0.500", "0.125", "0.875"})
    EXPECT_NE(line.find(part), std::string::npos) << line;
}

TEST(TerminalText, HoldsEverySyntheticSetAndDifference) {
  const HandMadeAssessment made;
  const std::string text = assessment_text(made.assessment);
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "blend: AUC 0.625 (0.500–0.750); 6 of 8 synthetic masses tested against 2 real ones");
  EXPECT_NE(text.find("\n  by measures of appearance 0.750 (0.625–0.875), most by size and "
                      "contrast: 0.688\n"),
            std::string::npos);
  EXPECT_EQ(text.substr(text.rfind('\n', text.size() - 2) + 1),
            "blend - pie: -0.250 (-0.500–0.125)\n");
}

TEST(TerminalText, SaysWhatWasOnlyMeasured) {
  HandMadeAssessment made;
  made.assessment.differences.clear();
  for (AssessedSet& set : made.assessment.sets) set.seed_auc.clear();
  EXPECT_EQ(assessment_text(made.assessment),
            "blend: 8 synthetic masses measured beside 3 real ones\n"
            "pie: 1 synthetic masses measured beside 3 real ones\n");
}

}  // namespace
}  // namespace mammograft
