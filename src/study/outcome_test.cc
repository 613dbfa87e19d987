#include "study/outcome.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/schema_testing.h"
#include "core/testing.h"
#include "stats/normal.h"
#include "study/testing.h"

namespace mammograft {
namespace {

StudyOutcome judged(const std::vector<std::vector<int>>& found) {
  return judge(study_truth(), three_arms(found), study_options());
}

const ArmDifference& gain_of(const StudyOutcome& outcome, size_t arm, size_t against) {
  const ArmDifference* found = outcome.difference(arm, against, 0);
  if (found == nullptr) throw std::logic_error("not compared");
  return *found;
}

TEST(StudyOutcome, AveragesSeedsAndFolds) {
  const StudyOutcome outcome = judged({{20, 24}, {20, 22}, {32, 36}});
  const ArmScore* real = outcome.score(0, 0);
  ASSERT_NE(real, nullptr);
  const ArmRate& rate = real->rates[outcome.verdict_rate];
  EXPECT_EQ(rate.fppi, 0.5);
  EXPECT_NEAR(rate.pooled.value, (20 + 24) / 80.0, 1e-12);
  EXPECT_EQ(rate.of_seed, (std::vector<double>{0.5, 0.6}));
  EXPECT_NEAR(rate.seeds.deviation, 0.1 / std::sqrt(2.0), 1e-12);
  ASSERT_EQ(rate.of_fold.size(), 2u);
  EXPECT_NEAR(rate.of_fold[0], (10 + 12) / 40.0, 1e-12);
  EXPECT_NEAR(rate.folds.deviation, 0, 1e-12);
  EXPECT_EQ(real->rates[0].fppi, 0.1);
  EXPECT_EQ(real->rates[0].pooled.value, 0) << "the false positives come first";
  EXPECT_EQ(outcome.scored.sets[1].name, "real, seed 2");
}

// The curve is the mean of the seeds' step curves, with a band around it.
TEST(StudyOutcome, DrawsOneCurveForAnArm) {
  const StudyOutcome outcome = judged({{20, 24}, {20, 22}, {32, 36}});
  const ArmScore& blend = *outcome.score(2, 0);
  ASSERT_EQ(blend.curve.size(), blend.curve_fppi.size());
  for (size_t i = 0; i < blend.curve.size(); ++i) {
    const double expected = blend.curve_fppi[i] >= 0.2 ? (32 + 36) / 80.0 : 0;
    EXPECT_NEAR(blend.curve[i].value, expected, 1e-12) << blend.curve_fppi[i];
    if (expected > 0) {
      EXPECT_LT(blend.curve[i].interval.low, expected);
    }
  }
}

TEST(StudyOutcome, ComparesEveryArmWithRealAndWithPie) {
  const StudyOutcome outcome = judged({{20, 24}, {20, 22}, {32, 36}});
  const ArmDifference& blend = gain_of(outcome, 2, 0);
  EXPECT_NEAR(blend.gain.value, 0.3, 1e-12);
  EXPECT_GT(blend.gain.interval.low, 0);
  EXPECT_EQ(verdict_of(blend, 0.95), Verdict::helps);
  EXPECT_NEAR(gain_of(outcome, 1, 0).gain.value, -0.025, 1e-12);
  EXPECT_EQ(verdict_of(gain_of(outcome, 1, 0), 0.95), Verdict::not_shown);
  EXPECT_NEAR(gain_of(outcome, 2, 1).gain.value, 0.325, 1e-12);
  EXPECT_EQ(outcome.difference(0, 1, 0), nullptr) << "asked the other way round already";
}

TEST(StudyOutcome, AWorseArmHarms) {
  const StudyOutcome outcome = judged({{36, 38}, {36, 37}, {18, 20}});
  EXPECT_EQ(verdict_of(gain_of(outcome, 2, 0), 0.95), Verdict::harms);
}

// The larger p, corrected over the two arms; the standard error as the resamples have it.
TEST(StudyOutcome, CorrectsOverTheArms) {
  const StudyOutcome outcome = judged({{20, 24}, {26, 28}, {32, 36}});
  const ArmDifference &pie = gain_of(outcome, 1, 0), &blend = gain_of(outcome, 2, 0);
  for (const ArmDifference* one : {&pie, &blend})
    EXPECT_EQ(one->p, std::max(one->p_permutation, one->p_bootstrap));
  const double least = std::min(pie.p, blend.p), most = std::max(pie.p, blend.p);
  EXPECT_NEAR(std::min(pie.p_holm, blend.p_holm), 2 * least, 1e-12);
  EXPECT_NEAR(std::max(pie.p_holm, blend.p_holm), std::max(2 * least, most), 1e-12);
  const ArmScore &a = *outcome.score(2, 0), &b = *outcome.score(0, 0);
  const auto &x = rate_of(outcome.scored, a, outcome.verdict_rate).resamples,
             &y = rate_of(outcome.scored, b, outcome.verdict_rate).resamples;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += x[i] - y[i];
  for (size_t i = 0; i < x.size(); ++i)
    squares += std::pow(x[i] - y[i] - sum / static_cast<double>(x.size()), 2);
  const double error = std::sqrt(squares / static_cast<double>(x.size() - 1));
  EXPECT_NEAR(blend.detectable, (2.241403 + 0.841621) * error, 1e-5);
}

// Seeds of such different luck widen the interval.
TEST(StudyOutcome, DrawsSeedsToo) {
  const auto width = [](const std::vector<std::vector<int>>& found) {
    const StudyOutcome outcome = judged(found);
    const Interval& interval = gain_of(outcome, 2, 0).gain.interval;
    return interval.high - interval.low;
  };
  EXPECT_GT(width({{20, 20}, {20, 20}, {16, 36}}), 1.2 * width({{20, 20}, {20, 20}, {26, 26}}));
}

TEST(StudyOutcome, ScoresGroupsAndWhatIsFoundByOne) {
  const StudyOutcome outcome = judged({{20, 24}, {20, 22}, {32, 18}});
  bool seen = false;
  for (const ArmGroup& group : outcome.groups) {
    if (group.by != "size" || group.group != "20-30 mm" || group.arm != 2) continue;
    seen = true;
    EXPECT_EQ(group.masses, 20);
    EXPECT_NEAR(group.rate.value, (16 + 9) / 40.0, 1e-12);
    EXPECT_NEAR(group.gain.value, (16 + 9 - 10 - 12) / 40.0, 1e-12);
    EXPECT_LE(group.gain.interval.low, group.gain.value);
  }
  EXPECT_TRUE(seen);
  ASSERT_EQ(outcome.found_by_one.size(), 2u);
  EXPECT_EQ(outcome.found_by_one[1].arm, 2u);
  EXPECT_EQ(outcome.found_by_one[1].gained, 6);  // 12 and 0
  EXPECT_EQ(outcome.found_by_one[1].lost, 3);    // 0 and 6
}

TEST(StudyOutcome, OfAnUnfinishedExperimentIsOfWhatIsThere) {
  const StudyOutcome outcome = judged({{20, 24}, {}, {32}});
  EXPECT_EQ(outcome.score(1, 0), nullptr);
  const ArmDifference& blend = gain_of(outcome, 2, 0);
  EXPECT_TRUE(std::isnan(blend.p_permutation)) << "different numbers of seeds";
  EXPECT_EQ(blend.p, blend.p_bootstrap);
  EXPECT_EQ(outcome.found_by_one.at(0).seeds, 1);
  EXPECT_ERROR(judged({{}, {}, {}}), bad_input, "no training");
}

// ---- several points ----

Study learning_study(const std::vector<int>& real, const std::vector<int>& blend) {
  Study study;
  study.arms = {{"real", "real", 0}, {"blend", "blend", 50}};
  study.seeds = {1};
  for (size_t i = 0; i < real.size(); ++i) {
    StudyPoint point;
    point.patients = 10 << i;
    point.masses = 10 << i;
    study.points.push_back(point);
    study.trainings.push_back({0, i, 1, study_files(real[i])});
    study.trainings.push_back({1, i, 1, study_files(blend[i])});
  }
  return study;
}

TEST(StudyOutcome, SaysWhatGraftsAreWorth) {
  const StudyOutcome outcome =
      judge(study_truth(), learning_study({10, 20, 30}, {15, 32, 8}), study_options());
  ASSERT_EQ(outcome.worths.size(), 3u);
  const Worth& half = outcome.worths[0];
  EXPECT_NEAR(half.value.x, 10 * std::sqrt(2.0), 1e-9);
  EXPECT_EQ(half.value.side, 0);
  EXPECT_NEAR(half.per_graft, (10 * std::sqrt(2.0) - 10) / 50, 1e-9);
  EXPECT_TRUE(half.has_interval);
  EXPECT_LE(half.low.x, half.value.x);
  EXPECT_GE(half.high.x, half.value.x);
  EXPECT_EQ(outcome.worths[1].value.side, 1);
  EXPECT_EQ(outcome.worths[1].value.x, 40);
  EXPECT_TRUE(std::isnan(outcome.worths[1].per_graft));
  EXPECT_EQ(outcome.worths[2].value.side, -1);
  EXPECT_EQ(outcome.main_point, 2u) << "the most patients";
}

// blend at three settings, pie at two of them.
Study two_arms_of_settings() {
  Study study = learning_study({10, 20, 30}, {15, 32, 8});
  study.arms.push_back({"pie", "pie", 50});
  study.trainings.push_back({2, 0, 1, study_files(14)});
  study.trainings.push_back({2, 2, 1, study_files(36)});
  return study;
}

const MeanDifference& mean_of_arm(const StudyOutcome& outcome, size_t arm) {
  for (const MeanDifference& one : outcome.mean_differences)
    if (one.arm == arm && one.fppi == kVerdictFppi) return one;
  throw std::logic_error("no mean");
}

TEST(StudyOutcome, AveragesDifferencesOverSettings) {
  const StudyOutcome outcome = judge(study_truth(), two_arms_of_settings(), study_options());
  const MeanDifference& blend = mean_of_arm(outcome, 1);
  EXPECT_EQ(blend.points, (std::vector<size_t>{0, 1, 2}));
  EXPECT_NEAR(blend.gain.value, (5 + 12 - 22) / 40.0 / 3, 1e-12);
  EXPECT_EQ(blend.gains_at, 2u);
  std::vector<double> slow(outcome.scored.options.bootstrap.resamples);
  for (const ArmScore& score : outcome.scores) {
    const Resampled& rate = rate_of(outcome.scored, score, outcome.verdict_rate);
    for (size_t b = 0; b < slow.size() && score.arm < 2; ++b)
      slow[b] += (score.arm == 1 ? 1 : -1) * rate.resamples[b] / 3;
  }
  const Interval interval = percentile_interval(slow, outcome.level());
  EXPECT_NEAR(blend.gain.interval.low, interval.low, 1e-12);
  EXPECT_NEAR(blend.gain.interval.high, interval.high, 1e-12);
  double above = 0;  // the rarer side, ties half
  for (const double gain : slow) above += gain > 1e-12 ? 1 : gain > -1e-12 ? 0.5 : 0;
  EXPECT_NEAR(blend.p, 2 * above / static_cast<double>(slow.size()), 1e-12);
  EXPECT_TRUE(judged({{20, 24}, {20, 22}, {32, 36}}).mean_differences.empty()) << "one setting";
}

TEST(StudyOutcome, AveragesOverTheSettingsThatAnArmHasAndCorrectsOverTheArms) {
  const StudyOutcome outcome = judge(study_truth(), two_arms_of_settings(), study_options());
  const MeanDifference &blend = mean_of_arm(outcome, 1), &pie = mean_of_arm(outcome, 2);
  EXPECT_EQ(pie.points, (std::vector<size_t>{0, 2}));
  EXPECT_NEAR(pie.gain.value, (4 + 6) / 40.0 / 2, 1e-12);
  EXPECT_LT(pie.p, blend.p);
  EXPECT_DOUBLE_EQ(pie.p_holm, 2 * pie.p);
  EXPECT_DOUBLE_EQ(blend.p_holm, std::max(blend.p, pie.p_holm));
}

TEST(StudyOutcome, WithoutResamplesMeansHaveNoInterval) {
  EvaluateOptions options = study_options();
  options.bootstrap.resamples = 0;
  const StudyOutcome outcome = judge(study_truth(), two_arms_of_settings(), options);
  EXPECT_NEAR(mean_of_arm(outcome, 2).gain.value, 0.125, 1e-12);
  EXPECT_TRUE(std::isnan(mean_of_arm(outcome, 2).gain.interval.low));
  EXPECT_TRUE(std::isnan(mean_of_arm(outcome, 2).p_holm));
}

TEST(StudyOutcome, SaysWhatRealMassesBring) {
  const StudyOutcome outcome =
      judge(study_truth(), learning_study({10, 20, 30}, {15, 32, 8}), study_options());
  ASSERT_EQ(outcome.rises.size(), outcome.scored.options.fppi.size());
  const LearningRise& rise = outcome.rises[outcome.verdict_rate];
  EXPECT_EQ(rise.fppi, 0.5);
  EXPECT_EQ(rise.fewest, 10);
  EXPECT_EQ(rise.most, 40);
  EXPECT_NEAR(rise.gain.value, 0.5, 1e-12);
  EXPECT_GT(rise.gain.interval.low, 0.2);
}

Json published_schema() {
  return read_json(std::string(MAMMOGRAFT_SOURCE_DIR) + "/docs/experiment.schema.json");
}

TEST(OutcomeJson, KeepsToItsSchema) {
  Study study = learning_study({10, 20, 30}, {15, 32, 8});
  study.missing = {{"detector of real", "failed", "no space left"}};
  study.costs = {{"detect", 1, 2, 3.5}};
  study.arm_costs = {{study.costs}, {}};
  Json json = outcome_json(judge(study_truth(), study, study_options()));
  EXPECT_EQ(violation(json, published_schema(), "experiment"), "");
  json["worth"][0]["worth"]["outside"] = 1;
  EXPECT_EQ(violation(json, published_schema(), "experiment"),
            "experiment.worth[].worth: none of its forms");
}

TEST(StudyOutcome, SaysWhatFreshGraftsAreWorthTogether) {
  Study study = learning_study({10, 20, 30}, {15, 32, 8});
  study.arms[1].grafts = 0;
  study.arms[1].fresh = true;
  const StudyOutcome outcome = judge(study_truth(), study, study_options());
  ASSERT_EQ(outcome.worths.size(), 3u);
  EXPECT_NEAR(outcome.worths[0].value.x, 10 * std::sqrt(2.0), 1e-9);
  EXPECT_TRUE(std::isnan(outcome.worths[0].per_graft)) << "they have no number";
}

TEST(StudyOutcome, SaysWhereCurvesCross) {
  Study study = learning_study({20, 24, 30}, {28, 28, 28});
  for (StudyPoint& point : study.points) {
    point.length = point.patients;
    point.patients = 0;
  }
  const StudyOutcome outcome = judge(study_truth(), study, study_options());
  ASSERT_EQ(outcome.crossings.size(), 1u);
  const Crossing& crossing = outcome.crossings[0];
  ASSERT_EQ(crossing.lengths.size(), 1u);
  EXPECT_NEAR(crossing.lengths[0], 20 * std::pow(2.0, 4.0 / 6), 1e-9);
  EXPECT_NEAR(crossing.gain_first, 0.2, 1e-12);
  EXPECT_GT(crossing.crossing_share, 0.5);
  EXPECT_TRUE(outcome.worths.empty());
  EXPECT_EQ(violation(outcome_json(outcome), published_schema(), "experiment"), "");
}

TEST(StudyOutcome, SaysWhereCurvesOfAllPatientsCrossLast) {
  Study study = learning_study({20, 30, 20, 30}, {28, 28, 28, 28});
  study.points = {{10, 400, 12}, {10, 800, 12}, {0, 400, 40}, {0, 800, 40}};
  const StudyOutcome outcome = judge(study_truth(), study, study_options());
  ASSERT_EQ(outcome.crossings.size(), 2u);
  EXPECT_EQ(outcome.crossings[0].patients, 10);
  EXPECT_EQ(outcome.crossings[1].patients, 0);
  EXPECT_EQ(outcome.main_point, 3u);
  EXPECT_EQ(violation(outcome_json(outcome), published_schema(), "experiment"), "");
}

TEST(Crossing, PassesOverPointsWithoutADifference) {
  EXPECT_EQ(sign_changes({1, 2, 4}, {1, 0, -1}), std::vector<double>{2});
  EXPECT_TRUE(sign_changes({1, 2, 4}, {1, 0, 1}).empty());
  EXPECT_TRUE(sign_changes({1, 2}, {0, -1}).empty());
  EXPECT_EQ(sign_changes({1, 4, 16}, {1, -1, 1}), (std::vector<double>{2, 8}));
}

TEST(StudyOutcome, IsWrittenAsJson) {
  const StudyOutcome outcome = judged({{20, 24}, {20, 22}, {32, 36}});
  const Json json = outcome_json(outcome);
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["complete"], true);
  EXPECT_EQ(json["scores"][0]["arm"], "real");
  EXPECT_NEAR(json["scores"][0]["rates"][2]["tpr"].get<double>(), 0.55, 1e-12);
  for (const Json& one : json["differences"]) {
    if (one["arm"] != "blend" || one["against"] != "real" || one["fppi"] != 0.5) continue;
    EXPECT_EQ(one["verdict"], "helps");
    EXPECT_NEAR(one["difference"].get<double>(), 0.3, 1e-12);
  }
}

}  // namespace
}  // namespace mammograft
