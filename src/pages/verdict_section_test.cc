#include "pages/verdict_section.h"

#include <gtest/gtest.h>

#include "pages/numbers.h"
#include "pages/testing.h"
#include "study/testing.h"

namespace mammograft {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

std::string all_text(const Section& section) {
  std::string text;
  for (const Paragraph& one : all_of<Paragraph>(section.blocks)) text += one.text + "\n";
  return text;
}

TEST(VerdictSection, SaysWhoHelpsAndWhoDoesNot) {
  const StudyOutcome outcome =
      judge(study_truth(), three_arms({{20, 24}, {20, 22}, {32, 36}}), study_options());
  const Section section = verdict_section(outcome);
  const std::string text = all_text(section);
  EXPECT_TRUE(holds(text,
                    "blend finds more masses than real. No difference to real is shown for "
                    "pie."))
      << text;
  EXPECT_TRUE(holds(text,
                    "blend finds more than real: at 0.5 false positives per image it finds "
                    "85.0 % of the masses, real 55.0 %: +30.0 points (95 % interval +"))
      << text;
  EXPECT_TRUE(holds(text, "pie against real, no difference shown: ")) << text;
  EXPECT_TRUE(holds(text, "would be shown by four of five experiments of this size")) << text;
  EXPECT_TRUE(holds(text, "Against pie: blend +32.5 points")) << text;
  EXPECT_TRUE(holds(text, "Tested on 40 masses of 40 patients in 80 images; learnt from 30 real"));
  EXPECT_TRUE(holds(text, "2 seeds: patients and seeds are drawn together")) << text;
  const auto& headlines = only<std::vector<Headline>>(section);
  ASSERT_EQ(headlines.size(), 2u);
  EXPECT_EQ(headlines[1].value, "+30.0 points");
  EXPECT_EQ(headlines[1].label, "blend: helps");
}

TEST(VerdictSection, SaysWhoHarms) {
  const StudyOutcome outcome =
      judge(study_truth(), three_arms({{36, 38}, {36, 37}, {18, 20}}), study_options());
  EXPECT_TRUE(holds(all_text(verdict_section(outcome)), "blend finds fewer masses than real."));
}

// One seed: training noise is not in the interval.
TEST(VerdictSection, WarnsOfOneSeedAndOfWhatIsMissing) {
  Study study = three_arms({{20}, {}, {24}});
  study.seeds = {1};
  study.missing = {{"detector of pie, seed 1", "failed", "error: nose"}};
  const Section section = verdict_section(judge(study_truth(), study, study_options()));
  std::string warnings;
  for (const Paragraph& one : all_of<Paragraph>(section.blocks))
    if (one.warning) warnings += one.text + "\n";
  EXPECT_TRUE(holds(warnings, "One seed: ")) << warnings;
  EXPECT_TRUE(holds(warnings, "not complete: 1 task is missing")) << warnings;
  EXPECT_EQ(std::get<std::string>(only<TableBlock>(section).table.rows.at(0).at(2)), "error: nose");
}

TEST(VerdictSection, WithoutRealSaysNothingOfGrafts) {
  Study study = three_arms({{20}, {22}, {24}});
  study.arms[0].method = "paste";
  const StudyOutcome outcome = judge(study_truth(), study, study_options());
  EXPECT_TRUE(holds(all_text(verdict_section(outcome)), "no arm without grafts"));
}

TEST(Numbers, HaveSignsAsWideAsAPlus) {
  EXPECT_EQ(signed_with_interval(0.0521, {-0.011, 0.1}), "+0.052 (−0.011 to +0.100)");
  EXPECT_EQ(signed_with_interval(-0.0001, {std::nan(""), 0}), "0.000");
  EXPECT_EQ(points(-0.0521), "−5.2");
  EXPECT_EQ(points(std::nan("")), "–");
}

}  // namespace
}  // namespace mammograft
