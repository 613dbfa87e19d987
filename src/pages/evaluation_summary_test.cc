#include "pages/evaluation_summary.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

std::string fact(const Facts& facts, const std::string& key) {
  for (const auto& [name, value] : facts.rows) {
    if (name == key) return value;
  }
  return "no such fact";
}

TEST(EvaluationSummary, HeadlinesAreThoseOfTheNearestOperatingPoint) {
  const SetResult set = hand_made_set();
  const std::vector<Headline> at_half = headlines(set), at_quarter = headlines(set, 0.2);
  EXPECT_EQ(at_half[0].value, "50.0 %");
  EXPECT_NE(at_half[0].label.find("at 0.5 FPPI"), std::string::npos);
  EXPECT_EQ(at_half[0].note, "no interval");
  EXPECT_NE(at_quarter[0].label.find("at 0.25 FPPI"), std::string::npos);
  EXPECT_EQ(at_quarter[0].note, "interval 12.5 % to 87.5 %");
  EXPECT_EQ(at_half[1].value, "2");  // masses
  EXPECT_EQ(at_half[1].note, "1 found there");
  EXPECT_EQ(at_half[2].value, "4");  // images
  EXPECT_EQ(at_half[2].note, "2 normal");
  EXPECT_EQ(at_half[3].value, "2");  // patients
}

TEST(EvaluationSummary, FactsCountEveryOutcome) {
  SetResult set = hand_made_set();
  set.counts.ignored = 7;
  const Facts facts = evaluation_facts(set);
  EXPECT_EQ(fact(facts, "detections file"), "a.json, b.json");
  EXPECT_EQ(fact(facts, "images"), "4, 2 of them normal");
  EXPECT_EQ(fact(facts, "detections"),
            "4: 1 hits, 1 further hits, 7 in regions to ignore, 2 false positives");
  EXPECT_EQ(fact(facts, "patients not known"), "no such fact");
  set.counts.patients_without_id = 5;
  set.counts.without_mask = 3;
  EXPECT_EQ(fact(evaluation_facts(set), "patients not known").substr(0, 9), "5 images,");
  EXPECT_EQ(fact(evaluation_facts(set), "without a mask").substr(0, 13), "3 detections,");
}

TEST(EvaluationSummary, SaysWhatTheLeakGuardCouldSay) {
  SetResult set = hand_made_set();
  EXPECT_NE(fact(evaluation_facts(set), "leak guard").find("not possible"), std::string::npos);
  set.provenance_known = true;
  EXPECT_NE(fact(evaluation_facts(set), "leak guard").find("no patient"), std::string::npos);
  set.leaked_patients = 1;
  EXPECT_EQ(fact(evaluation_facts(set), "leak guard"), "overridden");
}

TEST(EvaluationSummary, WarnsOfPatientsThatTheModelLearntFrom) {
  EvaluateResult result = hand_made_evaluation();
  EXPECT_TRUE(all_of<Paragraph>(evaluation_summary(result).blocks).empty());
  result.sets[0].leaked_patients = 2;
  const Section section = evaluation_summary(result);
  EXPECT_TRUE(only<Paragraph>(section).warning);
  EXPECT_NE(only<Paragraph>(section).text.find("from 2 of"), std::string::npos);
}

TEST(EvaluationSummary, NamesSeveralResults) {
  EvaluateResult result = hand_made_evaluation();
  result.sets.push_back(hand_made_set());
  result.sets[1].name = "theirs";
  const auto names = all_of<Paragraph>(evaluation_summary(result).blocks);
  ASSERT_EQ(names.size(), 2u);
  EXPECT_EQ(names[0].text, "ours");
  EXPECT_EQ(names[1].text, "theirs");
  EXPECT_EQ(all_of<Facts>(evaluation_summary(result).blocks).size(), 2u);
}

}  // namespace
}  // namespace mammograft
