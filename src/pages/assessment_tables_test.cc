#include "pages/assessment_tables.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "graft/appearance.h"
#include "pages/testing.h"

namespace mammograft {
namespace {

TEST(AssessmentTables, ARowForEachSetTheRealMassesFirst) {
  const HandMadeAssessment made;
  EXPECT_EQ(
      to_csv(assessment_table(made.assessment)),
      "set,masses,left_out,tested,auc,auc_low,auc_high,contrast,contrast_ratio,"
      "contrast_median_ratio,slope,slope_low,slope_high,correlation,invisible_share,"
      "seam_mean,seam_median,seam_p5,seam_p95,hf_mean,hf_median,hf_p5,hf_p95,"
      "background_before,background_after,background_share_changed,detail_lesion_fine,"
      "detail_lesion_coarse,detail_background_fine,detail_background_coarse,"
      "detail_all_lesion_fine,detail_all_lesion_coarse,detail_all_background_fine,"
      "detail_all_background_coarse,point_survival,"
      "points,conspicuity,conspicuity_shift,conspicuity_shift_low,conspicuity_shift_high,"
      "conspicuity_distance,detector_score,detector_score_shift,detector_score_shift_low,"
      "detector_score_shift_high,detector_score_distance\n"
      "real,3,1,,,,,0.0625,,,,,,,,1.5,1.25,0.5,2,1.125,1,0.75,1.75,,,,,,,,,,,,,,1.125,,,,,0.5,,,,\n"
      "blend,8,0,6,0.625,0.5,0.75,0.03125,0.5,0.25,0.75,0.6875,0.8125,0.875,0.125,"
      "2.5,2.25,1.5,3,0.875,0.5,0.25,1.5,0.001953125,0.0009765625,0.00390625,"
      "0.75,0.875,0.25,0.125,0.5,0.625,0.375,,0.625,8,1.25,0.125,-0.25,0.5,0.1875,0.75,0.25,0.125,"
      "0.375,0.5\n"
      "pie,1,0,6,0.625,0.5,0.75,0.03125,0.5,0.25,0.75,0.6875,0.8125,0.875,0.125,"
      "2.5,2.25,1.5,3,0.875,0.5,0.25,1.5,0.001953125,0.0009765625,0.00390625,"
      "0.75,0.875,0.25,0.125,0.5,0.625,0.375,,0.625,8,1.25,0.125,-0.25,0.5,0.1875,0.75,0.25,0.125,"
      "0.375,0.5\n");
}

TEST(AssessmentTables, Differences) {
  const HandMadeAssessment made;
  EXPECT_EQ(to_csv(difference_table(made.assessment)),
            "first,second,difference,low,high,first_below\n"
            "blend,pie,-0.25,-0.5,0.125,0.875\n");
}

TEST(AssessmentTables, RealMassesHaveTheScoresOfEachSetsNetworks) {
  HandMadeAssessment made;
  made.assessment.sets[1].masses[0].measures = {1,
                                                8,
                                                9,
                                                2,
                                                3,
                                                4,
                                                5,
                                                6,
                                                7,
                                                std::vector<double>(kAppearanceMeasures, 1.5),
                                                Provenance::Detail{.lesion = {0.5, 0.25},
                                                                   .background = {0.125, kUnknown},
                                                                   .salient_lesion = {0.75, 1},
                                                                   .salient_background = {0, 2},
                                                                   .points = 9,
                                                                   .surviving = 6}};
  const Table table = assessed_mass_table(made.assessment);
  ASSERT_EQ(table.rows.size(), 3u + 8 + 3 + 1);
  const auto row = [&](size_t i) {
    Table one{table.columns, {table.rows[i]}};
    const std::string csv = to_csv(one);
    return csv.substr(csv.find('\n') + 1);
  };
  std::string unmeasured, measured;
  for (size_t i = 0; i < kAppearanceMeasures; ++i) unmeasured += ",", measured += ",1.5";
  unmeasured += "\n", measured += "\n";
  EXPECT_EQ(row(0), "blend,real,1.png,101,p/1,-1,0.125,,,,,,,,,,,,,,,,,," + unmeasured);
  EXPECT_EQ(row(1), "blend,real,2.png,102,p/2,,0.25,,,,,,,,,,,,,,,,,," + unmeasured);
  EXPECT_EQ(row(3), "blend,synthetic,4.png,104,p/1,4,0.125,,,,,,,,,,,,,,,,,," + unmeasured);
  EXPECT_EQ(row(11), "pie,real,1.png,101,p/1,-2,0.125,,,,,,,,,,,,,,,,,," + unmeasured);
  EXPECT_EQ(row(14),
            "pie,synthetic,12.png,112,p/1 p/2,,1,8,9,2,3,4,7,5,6,0.75,1,0,2,0.5,0.25,0.125,,9,6" +
                measured);
}

}  // namespace
}  // namespace mammograft
