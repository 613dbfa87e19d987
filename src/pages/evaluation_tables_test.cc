#include "pages/evaluation_tables.h"

#include <gtest/gtest.h>

#include "pages/testing.h"

namespace mammograft {
namespace {

// Whole tables: a wrong number, a missing row and a column in the wrong place show.

TEST(EvaluationTables, OperatingPoints) {
  EXPECT_EQ(to_csv(operating_table(hand_made_evaluation())),
            with_rule("result,fppi_limit,tpr,tpr_low,tpr_high,threshold,fppi,true_positives,masses,"
                      "false_positives,images\n"
                      "ours,0.25,0.5,0.125,0.875,0.7,0.25,1,2,1,4\n"
                      "ours,0.5,0.5,,,0.4,0.5,1,2,2,4\n"));
}

TEST(EvaluationTables, LeaveAThresholdThatReportsNothingEmpty) {
  EvaluateResult result = hand_made_evaluation();
  result.sets[0].operating_points = {{0.1, {}, {0, 0}}};
  const Table table = operating_table(result);
  EXPECT_EQ(table.columns[5].key, "threshold");
  EXPECT_EQ(table.rows[0][5], Cell());
}

TEST(EvaluationTables, Groups) {
  EXPECT_EQ(to_csv(group_table(hand_made_evaluation())),
            with_rule("result,by,group,masses,fppi_limit,found,tpr,tpr_low,tpr_high\n"
                      "ours,size,0-5 mm,1,0.25,1,1,0.25,1\n"
                      "ours,size,0-5 mm,1,0.5,1,1,,\n"
                      "ours,size,5-10 mm,1,0.25,0,0,0,0.75\n"
                      "ours,size,5-10 mm,1,0.5,0,0,,\n"));
}

TEST(EvaluationTables, CurveHasItsCornersOnly) {
  EXPECT_EQ(to_csv(curve_table(hand_made_evaluation())),
            with_rule("result,threshold,true_positives,false_positives,tpr,fppi\n"
                      "ours,,0,0,0,0\n"
                      "ours,0.9,1,0,0.5,0\n"
                      "ours,0.4,1,2,0.5,0.5\n"));
}

TEST(EvaluationTables, MassesTellAtWhichScoreTheyWereHit) {
  EXPECT_EQ(
      to_csv(mass_table(hand_made_evaluation())),
      with_rule(
          "result,annotation_id,image_id,file_name,patient_id,size_mm,found_at_score,overlap\n"
          "ours,11,1,1.png,p/1,4,0.9,0.875\n"
          "ours,13,3,3.png,p/2,6,,\n"));
}

TEST(EvaluationTables, DetectionsTellWhatBecameOfThem) {
  EXPECT_EQ(to_csv(detection_table(hand_made_evaluation())),
            with_rule("result,image_id,file_name,score,outcome,annotation_id,overlap\n"
                      "ours,1,1.png,0.9,hit,11,0.875\n"
                      "ours,3,3.png,0.7,false positive,,\n"
                      "ours,2,2.png,0.4,false positive,,\n"
                      "ours,1,1.png,0.3,duplicate,11,0.625\n"));
}

TEST(EvaluationTables, HoldEveryResult) {
  EvaluateResult result = hand_made_evaluation();
  result.sets.push_back(hand_made_set());
  result.sets[1].name = "theirs";
  const Table table = mass_table(result);
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.rows[0][0], Cell("ours"));
  EXPECT_EQ(table.rows[2][0], Cell("theirs"));
}

}  // namespace
}  // namespace mammograft
