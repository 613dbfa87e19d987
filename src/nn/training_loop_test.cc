#include "nn/training_loop.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "core/testing.h"
#include "core/training_log.h"
#include "nn/optimizer.h"

namespace mammograft {
namespace {

struct Killed {};

// A line fitted to noise; everything a step draws depends on its number.
struct SmallTrainer : Trainer {
  SmallTrainer() : optimizer(parameters(), OptimizerOptions{}) {}
  TensorMap parameters() { return {{"w", w}}; }
  TensorMap save() const override {
    TensorMap all = optimizer.state();
    all["w"] = w.detach().clone();
    return all;
  }
  void load(const TensorMap& tensors) override {
    const torch::NoGradGuard no_grad;
    w.copy_(tensors.at("w"));
    TensorMap rest = tensors;
    rest.erase("w");
    optimizer.load_state(rest);
  }
  StepOutput step(int64_t i) override {
    if (i == kill_at) throw Killed{};
    if (i == cancel_at) request_cancel();
    torch::manual_seed(i);
    optimizer.zero_grad();
    torch::Tensor loss = (torch::mv(torch::randn({5, 3}), w) - 1).square().mean();
    if (i == nan_at) loss = loss * std::nan("");
    loss.backward();
    optimizer.step(0.05);
    if (i == spoil_at) {
      const torch::NoGradGuard no_grad;
      w.fill_(std::nan(""));
    }
    return {{"loss", "twice"}, torch::stack({loss, 2 * loss}), 0.05};
  }
  int64_t run(const fs::path& folder, int64_t steps = 23) {
    Progress progress;
    return run_training_loop(RunFolder(folder), {steps, 5, 4}, *this, progress);
  }
  torch::Tensor w = torch::zeros({3}).set_requires_grad(true);
  Optimizer optimizer;
  int64_t kill_at = -1, cancel_at = -1, nan_at = -1, spoil_at = -1;
};

fs::path fresh(const std::string& name) {
  const fs::path folder = fs::path(testing::TempDir()) / ("training_loop_" + name);
  fs::remove_all(folder);
  return folder;
}

TEST(TrainingLoop, AKilledRunEndsAsOneThatWasNot) {
  const fs::path whole = fresh("whole"), killed = fresh("killed");
  SmallTrainer a;
  EXPECT_EQ(a.run(whole), 23);
  SmallTrainer b;
  b.kill_at = 13;  // after the checkpoint of step 10 and the log lines of 4, 8, 12
  EXPECT_THROW(b.run(killed), Killed);
  append_line(killed / "log.jsonl", R"({"step":12,"learning_rate":0.05,"loss":99.0})");
  SmallTrainer c;
  EXPECT_EQ(c.run(killed), 13);
  EXPECT_TRUE(torch::equal(a.w, c.w));
  EXPECT_EQ(read_file(whole / "log.jsonl"), read_file(killed / "log.jsonl"));
  EXPECT_EQ(read_file(whole / "checkpoint.safetensors"),
            read_file(killed / "checkpoint.safetensors"));
  SmallTrainer d;
  EXPECT_EQ(d.run(killed), 0);
  EXPECT_TRUE(torch::equal(a.w, d.w));
}

TEST(TrainingLoop, ACancelledRunSavesAndContinues) {
  const fs::path whole = fresh("whole2"), cancelled = fresh("cancelled");
  SmallTrainer a, b, c;
  a.run(whole);
  b.cancel_at = 6;
  try {
    b.run(cancelled);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
    EXPECT_STREQ(error.what(),
                 "stopped after 7 of 23 steps; run the same command again to continue");
  }
  clear_cancel();
  EXPECT_EQ(c.run(cancelled), 16);
  EXPECT_TRUE(torch::equal(a.w, c.w));
  EXPECT_EQ(read_file(whole / "log.jsonl"), read_file(cancelled / "log.jsonl"));
}

TEST(TrainingLoop, ALossThatIsNotFiniteStopsAndTheGoodCheckpointStays) {
  const fs::path folder = fresh("diverged");
  SmallTrainer a;
  a.nan_at = 7;
  try {
    a.run(folder);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::bad_input);
    EXPECT_EQ(std::string(error.what()),
              "training diverged at step 7: loss is nan, at learning rate 0.05; the last good "
              "checkpoint is " +
                  (folder / "checkpoint.safetensors").string() +
                  " (step 5); lower the learning rate");
  }
  const TensorMap tensors = load_tensors(folder / "checkpoint.safetensors").tensors;
  EXPECT_EQ(tensors.at("loop.step").item<int64_t>(), 5);
  EXPECT_TRUE(torch::isfinite(tensors.at("w")).all().item<bool>());
}

TEST(TrainingLoop, WeightsThatAreNotFiniteAreNotSaved) {
  const fs::path folder = fresh("nan_weights");
  SmallTrainer a;
  a.spoil_at = 9;  // checkpoint after this step
  EXPECT_THROW(a.run(folder), Error);
  EXPECT_EQ(load_tensors(folder / "checkpoint.safetensors").tensors.at("loop.step").item<int64_t>(),
            5);
}

TEST(TrainingLoop, TheLogHoldsMeansOverTheStepsSinceTheLastLine) {
  const fs::path folder = fresh("log");
  Progress progress;
  struct Counter : Trainer {
    StepOutput step(int64_t i) override {
      return {{"loss"}, torch::tensor({static_cast<float>(i)}), 0.5};
    }
    TensorMap save() const override { return {}; }
    void load(const TensorMap&) override {}
  } counter;
  run_training_loop(RunFolder(folder), {6, 100, 4}, counter, progress);
  const auto series = read_log(folder / "log.jsonl");
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].name, "learning_rate");
  EXPECT_EQ(series[1].name, "loss");
  EXPECT_EQ(series[1].step, (std::vector<double>{4, 6}));
  EXPECT_EQ(series[1].value, (std::vector<double>{1.5, 4.5}));
}

TEST(TrainingLoop, RefusesToLogOrSaveEveryZeroSteps) {
  SmallTrainer model;
  Progress progress;
  const RunFolder run(fresh("zero"));
  EXPECT_ERROR(run_training_loop(run, {5, 0, 1}, model, progress), usage,
               "checkpoint_every: found 0");
  EXPECT_ERROR(run_training_loop(run, {5, 1, 0}, model, progress), usage, "log_every: found 0");
}

}  // namespace
}  // namespace mammograft
