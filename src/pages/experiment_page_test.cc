#include "pages/experiment_page.h"

#include <gtest/gtest.h>

#include "core/testing.h"
#include "pages/arm_section.h"
#include "pages/arm_tables.h"
#include "pages/experiment_report.h"
#include "pages/learning_section.h"
#include "pages/testing.h"
#include "pages/verdict_section.h"
#include "study/testing.h"

namespace mammograft {
namespace {

StudyOutcome three_arm_outcome() {
  return judge(study_truth(), three_arms({{20, 24}, {20, 22}, {32, 36}}), study_options());
}

// real and blend, learning from 10, 20 and 40 masses.
StudyOutcome learning_outcome() {
  Study study;
  study.arms = {{"real", "real", 0}, {"blend", "blend", 50}};
  study.seeds = {1};
  const std::vector<int> real = {10, 20, 30}, blend = {15, 32, 8};
  for (size_t i = 0; i < 3; ++i) {
    study.points.push_back({10 << i, 0, static_cast<double>(10 << i)});
    study.trainings.push_back({0, i, 1, study_files(real[i])});
    study.trainings.push_back({1, i, 1, study_files(blend[i])});
  }
  return judge(study_truth(), std::move(study), study_options());
}

std::string text_at(const Table& table, size_t row, size_t column) {
  return cell_text(table.rows.at(row).at(column), table.columns.at(column));
}

std::vector<std::string> titles_of(const Page& page) {
  std::vector<std::string> titles;
  for (const Section& section : page.sections) titles.push_back(section.title);
  return titles;
}

TEST(ArmTables, ARowForEveryArmAndFppi) {
  const StudyOutcome outcome = three_arm_outcome();
  const Table table = arm_table(outcome);
  EXPECT_EQ(table.rows.size(), 3 * outcome.scored.options.fppi.size());
  const std::string csv = to_csv(table);
  EXPECT_NE(csv.find("\n,30,,real,real,2,0.5,0.55,"), csv.npos) << csv.substr(0, 600);
}

TEST(ArmTables, OfThePage) {
  const StudyOutcome outcome = three_arm_outcome();
  EXPECT_EQ(text_at(fold_rows(outcome, 0), 0, 3), "0.550 ± 0.000");
  EXPECT_EQ(text_at(fold_rows(outcome, 0), 3, 3), "0.91 ± 0.07");
  EXPECT_EQ(text_at(seed_rows(outcome, 0), 0, 3), "0.550 ± 0.071 · 0.500, 0.600");
  EXPECT_EQ(text_at(pooled_rows(outcome, 0), 2, 3).substr(0, 5), "0.850");
  const Table against_pie = difference_rows(outcome, 0, 1);
  ASSERT_EQ(against_pie.rows.size(), 1u);
  EXPECT_EQ(text_at(against_pie, 0, 0), "blend");
  EXPECT_EQ(text_at(against_pie, 0, 3).substr(0, 6), "+0.325");
  const Table gains = group_gain_rows(outcome);
  EXPECT_EQ(gains.columns.size(), 5u) << "by, group, masses, pie, blend";
}

TEST(ArmSection, DrawsBandsWhereTheyCanBeRead) {
  StudyOutcome outcome = three_arm_outcome();
  EXPECT_EQ(arm_froc_plots(outcome).size(), 1u);
  EXPECT_FALSE(arm_froc_plots(outcome)[0].series[2].low.empty());
  EXPECT_EQ(arm_froc_plots(outcome)[0].series.back().y, (std::vector<double>{0.91, 0.94}));
  Study more = three_arms({{20}, {22}, {30}});
  more.arms.push_back({"fuse", "fuse", 50});
  more.trainings.push_back({3, 0, 1, study_files(25)});
  const std::vector<Plot> plots =
      arm_froc_plots(judge(study_truth(), std::move(more), study_options()));
  ASSERT_EQ(plots.size(), 4u) << "all, and each against real";
  EXPECT_TRUE(plots[0].series[1].low.empty());
  EXPECT_EQ(plots[3].name, "froc_fuse");
  EXPECT_EQ(plots[3].series[0].label, "real");
  EXPECT_FALSE(plots[3].series[1].low.empty());
}

TEST(ArmSection, WarnsOfKindsOfFewMasses) {
  StudyOutcome outcome = three_arm_outcome();
  const auto warnings = [&] {
    std::string text;
    for (const Paragraph& one : all_of<Paragraph>(arm_groups_section(outcome).blocks))
      if (one.warning) text += one.text;
    return text;
  };
  for (ArmGroup& group : outcome.groups) group.masses = 20;
  EXPECT_EQ(warnings(), "");
  for (ArmGroup& group : outcome.groups) group.masses = group.group == "20-30 mm" ? 19 : 20;
  EXPECT_EQ(warnings(), "Groups of fewer than 20 masses say little: size 20-30 mm (19).");
}

TEST(LearningSection, SaysWhatGraftsAreWorth) {
  const StudyOutcome outcome = learning_outcome();
  EXPECT_TRUE(
      worth_text(outcome, outcome.worths[0])
          .starts_with("With 50 grafts (blend) 10 real masses are worth 14 (95 % interval "))
      << worth_text(outcome, outcome.worths[0]);
  EXPECT_TRUE(worth_text(outcome, outcome.worths[0]).ends_with(": 0.08 real ones for a graft."));
  EXPECT_NE(worth_text(outcome, outcome.worths[1]).find("worth more than 40"), std::string::npos);
  EXPECT_NE(worth_text(outcome, outcome.worths[2]).find("worth fewer than 10"), std::string::npos);
  LearningRise rise = outcome.rises[outcome.verdict_rate];
  EXPECT_EQ(rise.fppi, 0.5);
  EXPECT_TRUE(rise_text(outcome, rise)
                  .starts_with("Without grafts 40 real masses bring +50.0 points over 10 at 0.5 "
                               "false positives per image "
                               "(95 % interval "))
      << rise_text(outcome, rise);
  rise.gain = {0.02, {-0.01, 0.05}};
  const std::string flat =
      "Without grafts 40 real masses bring +2.0 points over 10 at 0.5 false positives per image "
      "(95 "
      "% interval −1.0 to +5.0).";
  EXPECT_EQ(rise_text(outcome, rise),
            flat +
                " That more masses help is not shown there, so what grafts are worth in masses "
                "says little.");
  rise.gain = {0.02};
  EXPECT_TRUE(rise_text(outcome, rise).ends_with(" 0.5 false positives per image."))
      << "without resamples nothing is said of them";
  const std::vector<Plot> plots = learning_plots(outcome);
  ASSERT_EQ(plots.size(), 1u);
  EXPECT_EQ(plots[0].series[1].x, (std::vector<double>{10, 20, 40}));
  EXPECT_NEAR(plots[0].series[1].y[1], 0.8, 1e-12);
  EXPECT_TRUE(length_section(outcome, no_drawing).blocks.empty());
}

TEST(LearningSection, SaysWhichPointIsOfAllPatients) {
  StudyOutcome outcome = learning_outcome();
  EXPECT_EQ(learning_plots(outcome)[0].x_label, "real masses learnt from, logarithmic");
  outcome.study.points[2].patients = 0;
  EXPECT_EQ(learning_plots(outcome)[0].x_label,
            "real masses learnt from, logarithmic; 40: all patients");
  EXPECT_NE(to_csv(arm_table(outcome)).find("\nall,40,,real,"), std::string::npos);
  outcome.study.points = {{20, 400, 20}, {0, 400, 40}, {0, 800, 40}};
  const std::vector<Plot> plots = length_plots(outcome);
  ASSERT_EQ(plots.size(), 2u);
  EXPECT_TRUE(plots[0].title.ends_with("; 20 patients")) << plots[0].title;
  EXPECT_EQ(plots[1].name, "lengths_all");
  EXPECT_TRUE(plots[1].title.ends_with("; all patients, 40 real masses")) << plots[1].title;
}

TEST(LearningSection, SaysWhereCurvesCross) {
  StudyOutcome outcome = three_arm_outcome();
  Crossing crossing;
  crossing.arm = 2;
  crossing.patients = 0;
  crossing.first = 400;
  crossing.last = 8500;
  crossing.gain_first = 0.05;
  crossing.gain_last = -0.02;
  crossing.lengths = {2900.4};
  crossing.crossing_share = 0.7;
  crossing.interval = {800, 8000};
  EXPECT_EQ(crossing_text(outcome, crossing),
            "blend and real cross at about 2900 steps: blend against real +5.0 points after 400 "
            "steps, −2.0 after 8500. In 70 % of the resamples they cross, for the last time "
            "between 800 and 8000 (95 % interval).");
  crossing.lengths.clear();
  EXPECT_TRUE(crossing_text(outcome, crossing)
                  .starts_with("blend and real do not cross between 400 and 8500 steps: "));
}

// No setting by itself shows it.
TEST(ExperimentPage, SaysWhatOnlyAllSettingsTogetherShow) {
  StudyOutcome outcome = learning_outcome();
  const auto summary = [&] {
    return std::get<Paragraph>(verdict_section(outcome).blocks.at(0)).text;
  };
  EXPECT_EQ(summary().find("Together"), std::string::npos) << summary();
  MeanDifference& mean = outcome.mean_differences[outcome.verdict_rate];
  mean.gain = {0.026, {0.005, 0.045}};
  mean.p_holm = 0.011;
  EXPECT_TRUE(summary().ends_with(
      " Together: blend +2.6 points over 3 settings (95 % interval +0.5 to +4.5, p = 0.011)."))
      << summary();
  mean.p_holm = 0.0005;
  EXPECT_TRUE(summary().ends_with(", p < 0.001).")) << summary();
  mean.p_holm = 0.06;
  EXPECT_EQ(summary().find("Together"), std::string::npos) << summary();
}

TEST(ExperimentPage, ShowsWhatThePlanHas) {
  const std::vector<std::string> expected = {"Verdict",
                                             "FROC",
                                             "Masses found",
                                             "Kinds of masses",
                                             "Found by one: pie, real",
                                             "Found by one: blend, real",
                                             "Cost",
                                             "Data",
                                             "Configuration"};
  EXPECT_EQ(titles_of(experiment_page(three_arm_outcome(), {}, no_drawing)), expected);
  const std::vector<std::string> titles =
      titles_of(experiment_page(learning_outcome(), {}, no_drawing));
  EXPECT_EQ(titles[3], "Every setting");
  EXPECT_EQ(titles[4], "Learning curve");
  const Table means = mean_difference_rows(learning_outcome());
  ASSERT_EQ(means.rows.size(), 1u);
  ASSERT_EQ(means.rows[0].size(), 6u) << "an arm, and five numbers of false positives";
  EXPECT_NE(to_csv(means).find("above 0 in 2 of 3"), std::string::npos);
  EXPECT_TRUE(mean_difference_rows(three_arm_outcome()).rows.empty());
}

TEST(ExperimentReport, WritesThePageLast) {
  const TestFolder folder;
  StudyOutcome outcome = three_arm_outcome();
  outcome.study.costs = {{"train detector", 4, 6, 1234.5}};
  write_experiment_report(outcome, folder / "report");
  for (const char* name :
       {"arms.csv", "groups.csv", "costs.csv", "experiment.json", "froc.svg", "report.html"})
    EXPECT_TRUE(std::filesystem::exists(folder / "report" / name)) << name;
  EXPECT_EQ(to_csv(cost_table(outcome)).substr(0, 60),
            "stage,done,tasks,seconds,mean_seconds,words\ntrain detector,4");
}

}  // namespace
}  // namespace mammograft
