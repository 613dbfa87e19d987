#include "evaluate/systems.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/json.h"
#include "core/testing.h"
#include "evaluate/evaluate.h"

namespace mammograft {
namespace {

constexpr int kPatients = 60;

// Patients with a mass in the first of two images.
Cohort some_truth() {
  Cohort cohort;
  cohort.categories = {{1, "mass"}};
  for (int p = 0; p < kPatients; ++p) {
    for (int64_t view = 1; view <= 2; ++view) {
      ImageRecord image;
      image.id = 2 * p + view;
      image.file_name = std::to_string(image.id) + ".png";
      image.width = image.height = 100;
      image.patient_id = fmt::format("p{}", p);
      image.laterality = "L";
      image.status = view == 1 ? Status::mass : Status::normal;
      cohort.images.push_back(image);
    }
    Annotation mass;
    mass.id = p + 1;
    mass.image_id = 2 * p + 1;
    mass.bbox = {10, 10, 30, 30};
    cohort.annotations.push_back(mass);
  }
  return cohort;
}

// A detector that scores masses `skill` higher than what is none.
std::vector<Detection> some_detections(uint64_t seed, double skill) {
  Rng rng(seed);
  std::vector<Detection> detections;
  for (int64_t image = 1; image <= 2 * kPatients; ++image) {
    if (image % 2)
      detections.push_back({image, 1, {10, 10, 30, 30}, rng.normal() + skill, std::nullopt, ""});
    detections.push_back({image, 1, {60, 60, 80, 80}, rng.normal(), std::nullopt, ""});
  }
  return detections;
}

EvaluateOptions few_rounds() {
  EvaluateOptions options;
  options.bootstrap.resamples = 200;
  options.permutations = 200;
  return options;
}

const FigureResult& figure(const SystemResult& system, const std::string& key) {
  return *std::find_if(system.figures.begin(), system.figures.end(),
                       [&](const FigureResult& one) { return one.name.key == key; });
}

const SystemDifference& difference(const SystemComparison& comparison, const std::string& key) {
  return *std::find_if(comparison.differences.begin(), comparison.differences.end(),
                       [&](const SystemDifference& one) { return one.name.key == key; });
}

TEST(Systems, DifferWhereOneIsBetter) {
  const EvaluateResult result = evaluate(
      some_truth(), {{"good", some_detections(1, 3), {}}, {"bad", some_detections(2, 0.3), {}}},
      few_rounds());
  const SystemComparison& comparison = result.comparison;
  ASSERT_EQ(comparison.systems.size(), 2u);
  const SystemDifference& cpm = difference(comparison, "cpm");
  EXPECT_NEAR(
      cpm.value,
      figure(comparison.systems[0], "cpm").value - figure(comparison.systems[1], "cpm").value,
      1e-12);
  EXPECT_GT(cpm.interval.low, 0);
  EXPECT_LT(cpm.p_permutation, 0.01);
  EXPECT_LT(cpm.p_bootstrap, 0.02);
  EXPECT_EQ(cpm.p_holm, cpm.p_permutation) << "one pair";
  EXPECT_TRUE(std::isnan(difference(comparison, "auc_patient").value)) << "no normal patient";
}

TEST(Systems, DoNotDifferFromThemselves) {
  const std::vector<Detection> same = some_detections(1, 1);
  const EvaluateResult result =
      evaluate(some_truth(), {{"a", same, {}}, {"b", same, {}}}, few_rounds());
  for (const SystemDifference& one : result.comparison.differences) {
    if (std::isnan(one.value)) continue;
    EXPECT_EQ(one.value, 0) << one.name.key;
    EXPECT_EQ(one.interval.low, 0) << one.name.key;
    EXPECT_EQ(one.p_permutation, 1) << one.name.key;
  }
}

// Three trainings: the mean of their figures, and an interval that knows of both levels.
TEST(Systems, AverageOverTheirRuns) {
  std::vector<SystemRun> runs;
  for (uint64_t seed : {1, 2, 3})
    runs.push_back({"ours", {{std::to_string(seed), some_detections(seed, seed), {}}}});
  const EvaluateResult result = evaluate(some_truth(), runs, few_rounds());
  ASSERT_EQ(result.sets.size(), 3u);
  EXPECT_EQ(result.sets[1].name, "ours, run 2");
  ASSERT_EQ(result.comparison.systems.size(), 1u);
  const FigureResult& mean = figure(result.comparison.systems[0], "tpr_at_0.5");
  double sum = 0;
  for (const SetResult& set : result.sets) sum += set.operating_points[2].point.tpr / 3;
  EXPECT_NEAR(mean.value, sum, 1e-12);
  EXPECT_GT(mean.interval.high - mean.interval.low, result.sets[2].operating_points[2].tpr.high -
                                                        result.sets[2].operating_points[2].tpr.low)
      << "trainings of such different skill widen it";
}

// What two systems share by run (a seed, the patients learnt from) is in neither's favour.
TEST(Systems, OfAsManyRunsArePairedByRun) {
  std::vector<SystemRun> runs;
  for (const char* name : {"a", "b"}) {
    for (int skill : {1, 2, 4})
      runs.push_back({name, {{fmt::format("{}{}", name, skill), some_detections(1, skill), {}}}});
  }
  const EvaluateResult result = evaluate(some_truth(), runs, few_rounds());
  for (const SystemResult& system : result.comparison.systems) {
    const Interval alone = figure(system, "cpm").interval;
    EXPECT_GT(alone.high - alone.low, 0.1) << "the runs differ";
  }
  const SystemDifference& same = difference(result.comparison, "cpm");
  EXPECT_EQ(same.interval.low, 0);
  EXPECT_EQ(same.interval.high, 0);
}

// In the order that is asked for, and with the resamples behind the intervals.
TEST(Systems, AreComparedAsAsked) {
  std::vector<SystemRun> runs;
  for (uint64_t seed : {1, 2, 3})
    runs.push_back({fmt::format("s{}", seed), {{"file", some_detections(seed, 1), {}}}});
  const EvaluateResult all = evaluate(some_truth(), runs, few_rounds());
  EXPECT_TRUE(all.comparison.systems[0].drawn.empty()) << "not kept";
  const SystemScope scope{std::vector<SystemScope::Contrast>{{"s3", "s1"}}, true};
  const EvaluateResult one = evaluate(some_truth(), runs, few_rounds(), scope);
  for (const SystemDifference& difference : one.comparison.differences) {
    EXPECT_EQ(difference.first, 2u);
    EXPECT_EQ(difference.second, 0u);
  }
  const SystemDifference& asked = difference(one.comparison, "cpm");
  for (const SystemDifference& same : all.comparison.differences) {
    if (same.first != 0 || same.second != 2 || same.name.key != "cpm") continue;
    EXPECT_NEAR(asked.value, -same.value, 1e-12);
    EXPECT_NEAR(asked.interval.low, -same.interval.high, 1e-12);
    EXPECT_EQ(asked.p_permutation, same.p_permutation);
  }
  const SystemResult& system = one.comparison.systems[1];
  const SetResult& set = one.sets[1];
  ASSERT_EQ(system.drawn.size(), system.figures.size() + set.band_fppi.size() +
                                     set.groups.size() * one.options.fppi.size());
  EXPECT_EQ(system.drawn[0].resamples.size(), 200u);
  EXPECT_EQ(one.sets[0].band_fppi, one.sets[2].band_fppi);
  EXPECT_ERROR(evaluate(some_truth(), runs, few_rounds(),
                        {std::vector<SystemScope::Contrast>{{"s3", "s4"}}, false}),
               usage, "found no s4");
}

TEST(Systems, WithDifferentNumbersOfRunsHaveNoPermutationTest) {
  const std::vector<SystemRun> runs = {{"a", {{"a1", some_detections(1, 1), {}}}},
                                       {"a", {{"a2", some_detections(2, 1), {}}}},
                                       {"b", {{"b1", some_detections(3, 1), {}}}}};
  const SystemComparison comparison = evaluate(some_truth(), runs, few_rounds()).comparison;
  const SystemDifference& cpm = difference(comparison, "cpm");
  EXPECT_TRUE(std::isnan(cpm.p_permutation));
  EXPECT_FALSE(std::isnan(cpm.p_bootstrap));
  ASSERT_EQ(comparison.notes.size(), 1u);
  EXPECT_EQ(comparison.notes[0], "a and b: different numbers of runs, so no permutation test");
}

TEST(Systems, OnDifferentImagesAreNotCompared) {
  NamedDetections half{"half", {}, DetectionsMeta{}};
  for (int64_t id = 1; id <= kPatients; ++id) half.meta->image_ids.push_back(id);
  const EvaluateResult result =
      evaluate(some_truth(), {{"all", some_detections(1, 1), {}}, half}, few_rounds());
  EXPECT_TRUE(result.comparison.differences.empty());
  ASSERT_EQ(result.comparison.notes.size(), 1u);
  EXPECT_EQ(result.comparison.notes[0],
            "all and half: searched on different images, so not compared");
  EXPECT_FALSE(std::isnan(result.sets[0].operating_points[2].tpr.low));
}

TEST(Systems, WithinAMarginAreNotInferior) {
  EvaluateOptions options = few_rounds();
  const std::vector<NamedDetections> files = {{"a", some_detections(1, 3), {}},
                                              {"b", some_detections(2, 3), {}}};
  options.margin = 0.5;
  EXPECT_TRUE(difference(evaluate(some_truth(), files, options).comparison, "cpm").not_inferior);
  options.margin = 1e-6;
  EXPECT_FALSE(difference(evaluate(some_truth(), files, options).comparison, "cpm").not_inferior);
}

TEST(Systems, BcaIntervalsLeanWhereResamplesDo) {
  EvaluateOptions options = few_rounds();
  options.bootstrap.resamples = 2000;
  const std::vector<NamedDetections> files = {{"a", some_detections(1, 2.5), {}}};
  const Interval plain = evaluate(some_truth(), files, options).sets[0].operating_points[0].tpr;
  options.bootstrap.interval = "bca";
  const Interval bca = evaluate(some_truth(), files, options).sets[0].operating_points[0].tpr;
  EXPECT_NE(plain.low, bca.low);
  EXPECT_NEAR(plain.low, bca.low, 0.1);
}

TEST(Systems, AreTheSameOnAnyNumberOfThreads) {
  const auto metrics = [](int threads) {
    EvaluateOptions options = few_rounds();
    options.bootstrap.interval = "bca";
    options.bootstrap.threads = threads;
    options.power_gain = 0.01;
    return metrics_json(
               evaluate(some_truth(),
                        {{"a", some_detections(1, 1), {}}, {"b", some_detections(2, 2), {}}},
                        options))
        .dump();
  };
  EXPECT_EQ(metrics(1), metrics(3));
}

// Nothing hangs on the order in which a file lists things.
TEST(Systems, AreTheSameWhenTheInputIsShuffled) {
  Cohort truth = some_truth();
  std::vector<Detection> first = some_detections(1, 1), second = some_detections(2, 1.5);
  for (Detection& d : first) d.score = std::round(4 * d.score) / 4;  // ties
  const auto metrics = [&] {
    return metrics_json(evaluate(truth, {{"a", first, {}}, {"b", second, {}}}, few_rounds()))
        .dump();
  };
  const std::string before = metrics();
  Rng rng(3);
  rng.shuffle(truth.images);
  rng.shuffle(truth.annotations);
  rng.shuffle(first);
  rng.shuffle(second);
  EXPECT_EQ(metrics(), before);
}

}  // namespace
}  // namespace mammograft
