// What a detector's training keeps: of gradients, of weights, of states on its way; and whom it
// learns from.
#include "detect/detector_trainer.h"

#include <gtest/gtest.h>

#include <set>

#include "core/files.h"
#include "core/testing.h"
#include "detect/detector_file.h"
#include "detect/graft_testing.h"
#include "detect/kept_states.h"
#include "detect/training_testing.h"

namespace mammograft {
namespace {

// One image, never changed, all of whose anchors and RoIs are looked at: every batch is the same.
DetectorTrainingOptions same_batch_training() {
  DetectorTrainingOptions options = tiny_training();
  options.augment = no_change();
  options.data.masses_only = true;
  options.model.rpn.samples = options.model.roi.samples = 100000;
  options.model.rpn.positive_share = options.model.roi.positive_share = 1;
  options.optimizer.weight_decay = 0;
  options.schedule.decay = "constant";
  options.ema_decay = 0;
  return options;
}

TEST(TrainDetector, SlowAccumulatedBatchesCountAsTheirMean) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "cohort");
  cohort.images.resize(1);
  cohort.annotations.resize(1);
  DetectorTrainingOptions options = same_batch_training();
  options.lengths = {2};
  options.keep_at = {1};
  const TensorMap once = trained_tensors(train_tiny(cohort, options, folder / "once"));
  const TensorMap less = load_tensors(folder / "once" / kept_name(1)).tensors;
  options.keep_at = {};
  options.accumulate = 3;
  const TensorMap thrice = trained_tensors(train_tiny(cohort, options, folder / "thrice"));
  const double step = largest_difference(once, less);
  EXPECT_GT(step, 1e-4);
  EXPECT_LT(largest_difference(once, thrice), 0.05 * step)
      << "rounding, which Winograd's products enlarge: .022 of a step on an AMD EPYC; a sum in "
         "place "
         "of the mean is two steps";
}

TEST(TrainDetector, SlowTheAverageFollowsTheWeights) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = tiny_training();
  options.schedule.decay = "constant";
  options.ema_decay = 0;
  options.lengths = {3};
  options.keep_at = {1, 2, 3};
  train_tiny(cohort, options, folder / "states");
  std::vector<TensorMap> states;
  for (const double at : options.keep_at)
    states.push_back(load_tensors(folder / "states" / kept_name(at)).tensors);
  options.keep_at = {};
  options.ema_decay = 0.6;
  const TensorMap average = trained_tensors(train_tiny(cohort, options, folder / "average"));
  const std::string name = "roi_heads.box_head.fc6.weight";
  // Weights .6^2, .6, 1, over their sum.
  const torch::Tensor expected =
      (0.36 * states[0].at(name) + 0.6 * states[1].at(name) + states[2].at(name)) / 1.96;
  EXPECT_LT(largest_difference(average.at(name), expected), 1e-6);
  EXPECT_GT(largest_difference(average.at(name), states[2].at(name)), 1e-5);
}

DetectorTrainingOptions validated_training() {
  DetectorTrainingOptions options = tiny_training();
  options.lengths = {3};
  options.schedule.decay = "constant";
  options.validation.share = 0.2;
  options.validation.least_with_mass = 1;
  options.validation.every = 1;
  return options;
}

TEST(TrainDetector, SlowKeepsTheStateThatScoresBest) {
  const TestFolder folder;
  const Cohort cohort = cohort_to_divide(folder / "cohort");
  DetectorTrainingOptions options = validated_training();
  options.keep_at = {2};
  std::set<std::string> seen;
  const std::vector<double> scores = {0.2, 0.9, 0.9};
  int64_t asked = 0;
  const auto score = [&](const Cohort& truth, const std::vector<Detection>& detections) {
    for (const ImageRecord& image : truth.images) seen.insert(image.patient_id);
    EXPECT_FALSE(detections.empty());
    return scores[asked++];
  };
  const TrainingRun run = train_tiny(cohort, options, folder / "run", {.score = score});
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(run.best_step, 2) << "of equals the first";
  EXPECT_EQ(seen.size(), 2u) << "one patient with a mass and one without";
  EXPECT_EQ(read_detector_info(run.model).training["best_step"], 2);
  EXPECT_EQ(read_detector_info(run.model).patients_hashed.size(), 10u) << "choosing is learning";

  // It is the state of that step; and a killed training ends the same.
  const TensorMap second = load_tensors(folder / "run" / kept_name(2)).tensors;
  EXPECT_EQ(largest_difference(trained_tensors(run), second), 0);
  asked = 0;
  const auto again = folder / "again";
  EXPECT_ERROR(train_tiny(cohort, options, again, {.cancel_at = 2, .score = score}), cancelled,
               "stopped after 2 of 3");
  clear_cancel();
  const TrainingRun resumed = train_tiny(cohort, options, again, {.score = score});
  EXPECT_TRUE(read_file(resumed.model) == read_file(run.model)) << "bit for bit";
  EXPECT_EQ(read_file(again / "validation.jsonl"), read_file(folder / "run" / "validation.jsonl"));
}

// At a constant rate what is kept on the way is what a training of that length ends with; a killed
// training keeps the same.
TEST(TrainDetector, SlowStatesAreKeptOnTheWay) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = tiny_training();
  options.schedule.decay = "constant";
  options.lengths = {2};
  const TrainingRun shorter = train_tiny(cohort, options, folder / "shorter");
  options.lengths = {3};
  options.keep_at = {2, 3};
  const TrainingRun whole = train_tiny(cohort, options, folder / "whole");
  const fs::path kept = folder / "whole" / "model-2.safetensors";
  const TensorMap second = load_tensors(kept).tensors, third = trained_tensors(whole);
  EXPECT_EQ(largest_difference(second, trained_tensors(shorter)), 0);
  EXPECT_EQ(
      largest_difference(load_tensors(folder / "whole" / "model-3.safetensors").tensors, third), 0)
      << "nothing was validated: the last state is the model";
  EXPECT_GT(largest_difference(second, third), 0);
  const DetectorInfo info = read_detector_info(kept), last = read_detector_info(whole.model);
  EXPECT_EQ(info.patients_hashed, last.patients_hashed);
  EXPECT_EQ(info.masks, last.masks);
  EXPECT_EQ(info.training["steps"], 2);
  EXPECT_EQ(info.training["steps_of"], 3);

  const fs::path run = folder / "resumed";
  for (const int64_t cancel_at : {1, 2}) {
    EXPECT_ERROR(train_tiny(cohort, options, run, {.cancel_at = cancel_at}), cancelled,
                 "of 3 steps");
    clear_cancel();
    EXPECT_EQ(fs::exists(run / "model-2.safetensors"), cancel_at == 2);
  }
  EXPECT_EQ(train_tiny(cohort, options, run).steps, 1);
  for (const char* name : {"model-2.safetensors", "model-3.safetensors", "model.safetensors"})
    EXPECT_TRUE(read_file(run / name) == read_file(folder / "whole" / name)) << name;

  const TrainingSet set = read_set(cohort);
  for (const std::vector<double>& wrong : {std::vector<double>{0}, {2, 2}, {5}}) {
    options.keep_at = wrong;
    EXPECT_ERROR(plan_kept_states(options, set), usage, "keep_at: found");
  }
  EXPECT_ERROR(train_tiny(cohort, options, folder / "wrong"), usage, "keep_at: found");
}

// A supply that writes down whom it may use.
struct TestSupply {
  std::set<std::string> withheld;
  std::vector<std::string> training;
  int scored = 0;  // the last state is the best: each scores more than the one before
  GraftSupply supply(const std::string& description = "test") {
    return {description, [this](const Cohort& cohort, const std::set<std::string>& patients) {
              withheld = patients;
              training.clear();
              for (const ImageRecord& image : cohort.images) training.push_back(image.patient_id);
              return std::make_unique<TestSource>();
            }};
  }
};

TrainingRun train_fresh(const Cohort& cohort, const DetectorTrainingOptions& options,
                        const fs::path& run, TestSupply& grafts, int64_t cancel_at = -1,
                        const std::string& description = "test") {
  std::filesystem::create_directories(run);
  CancelAt progress(cancel_at);
  const auto score = [&](const Cohort&, const std::vector<Detection>&) {
    return 0.1 * ++grafts.scored;
  };
  return train_detector(cohort, options, {{}, score, grafts.supply(description)}, RunFolder(run),
                        {7, 1, "cpu", progress});
}

TEST(TrainDetector, SlowFreshGraftsResumeAndNameTheirPatients) {
  const TestFolder folder;
  const Cohort cohort = cohort_to_divide(folder / "cohort");
  DetectorTrainingOptions options = validated_training();
  options.lengths = {4};
  options.validation.every = 2;
  options.data.synthetic_share = 0.5;
  TestSupply grafts;
  const TrainingRun whole = train_fresh(cohort, options, folder / "whole", grafts);
  ASSERT_EQ(grafts.withheld.size(), 2u) << "one patient with a mass and one without";
  EXPECT_EQ(grafts.training.size(), 8u);
  for (const std::string& patient : grafts.training)
    EXPECT_FALSE(grafts.withheld.contains(patient)) << patient;
  const DetectorInfo info = read_detector_info(whole.model);
  for (const char* patient : {"source/0", "source/1", "source/2"})
    EXPECT_TRUE(info.patients_hashed.contains(patient)) << patient;
  EXPECT_EQ(info.patients_hashed.size(), 13u);
  EXPECT_EQ(info.training["fresh_grafts"]["method"], "test");
  EXPECT_EQ(info.training["fresh_grafts"]["patients_hashed"].size(), 3u);
  EXPECT_EQ(whole.best_step, 4);

  const fs::path run = folder / "resumed";
  grafts.scored = 0;
  EXPECT_ERROR(train_fresh(cohort, options, run, grafts, 3), cancelled, "after 3 of 4");
  clear_cancel();
  EXPECT_ERROR(train_fresh(cohort, options, run, grafts, -1, "other"), usage,
               "not the run that was begun here (options.");
  const TrainingRun resumed = train_fresh(cohort, options, run, grafts);
  EXPECT_EQ(resumed.steps, 1);
  EXPECT_TRUE(read_file(resumed.model) == read_file(whole.model)) << "bit for bit";
  EXPECT_EQ(read_file(run / "log.jsonl"), read_file(folder / "whole" / "log.jsonl"));
}

}  // namespace
}  // namespace mammograft
