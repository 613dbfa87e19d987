// Blenders from files to a file that grafts, on a tiny cohort.
#include "blend/train_blender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "blend/blender.h"
#include "blend/blender_file.h"
#include "blend/testing.h"
#include "cohort/patients.h"
#include "core/assets.h"
#include "core/testing.h"
#include "core/training_log.h"
#include "graft/dilated.h"

namespace mammograft {
namespace {

Cohort graft_with(const fs::path& model, const Cohort& cohort, const fs::path& out) {
  const Blender blender = open_blender(model);
  Progress progress;
  SynthesisOptions options = grafts(4);
  options.lesion = blender.lesion;
  return synthesize({cohort, cohort, blender.description, blender.patients_hashed}, *blender.method,
                    options, out, {3, 2, "cpu", progress});
}

TEST(TrainBlender, LearnsAndGraftsWithinOmegaOnly) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  const TrainingRun run = train_tiny(cohort, tiny_training(), folder / "run");
  EXPECT_EQ(run.steps, 6);
  for (const char* name : {"run.json", "log.jsonl", "sheets/step-000004.png",
                           "sheets/step-000006.png", "model.safetensors"})
    EXPECT_TRUE(fs::exists(folder / "run" / name)) << name;
  const auto validation = read_log(folder / "run" / "validation.jsonl");
  EXPECT_EQ(validation.front().step, (std::vector<double>{2, 4, 6}));
  const auto right = std::find_if(validation.begin(), validation.end(),
                                  [](const LogSeries& one) { return one.name == "d_accuracy"; });
  ASSERT_NE(right, validation.end());
  EXPECT_EQ(right->step, (std::vector<double>{2, 4, 6}));
  for (const double share : right->value) EXPECT_TRUE(share >= 0 && share <= 1) << share;
  BlenderInfo info;
  load_blender(run.model, &info);
  PatientSet all;
  for (const ImageRecord& image : cohort.images) all.insert(image.patient_id);
  EXPECT_EQ(info.patients_hashed, all);
  EXPECT_EQ(info.training["best_step"], run.best_step);

  const Cohort made = graft_with(run.model, cohort, folder / "made");
  ASSERT_EQ(made.images.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    const ImageRecord& image = made.images[i];
    const std::string name = image.source->background->file_name;
    const cv::Mat after = read_pixels(made, image);
    const cv::Mat before = read_image(cohort.folder / name).pixels;
    const cv::Mat mask = decode_rle(annotation_mask(made.annotations[i], image)) * 255;
    const double reach = 1.0 * image.source->transform->scale + 2 * kTestSpacing;
    cv::Mat outside;
    cv::absdiff(before, after, outside);
    EXPECT_GT(cv::countNonZero(outside), 20);
    outside.setTo(0, dilated(mask, reach, {kTestSpacing, kTestSpacing}));
    EXPECT_EQ(cv::countNonZero(outside), 0);
    EXPECT_EQ(image.source->background_change, 0);
  }
  EXPECT_EQ(learnt_from(made), all);
}

TEST(TrainBlender, WorksOnImagesOfAnotherGrid) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 4, 6);
  BlenderTrainingOptions options = tiny_training();
  options.data.grid_mm = 0.8;
  options.data.window_px = 32;
  const TrainingRun run = train_tiny(cohort, options, folder / "run");
  const Cohort made = graft_with(run.model, cohort, folder / "made");
  EXPECT_EQ(made.images.size(), 4u);
  EXPECT_EQ(made.images[0].width, kTestSide);
}

TEST(TrainBlender, AKilledOneEndsAsIfItWasNot) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  for (const char* method : {"blend", "noprior", "vanilla"}) {
    BlenderTrainingOptions options = tiny_training();
    options.method = method;
    const fs::path whole = folder / (std::string(method) + "-whole");
    const fs::path killed = folder / (std::string(method) + "-killed");
    train_tiny(cohort, options, whole);
    EXPECT_ERROR(train_tiny(cohort, options, killed, 4), cancelled, "stopped after 4 of 6 steps");
    clear_cancel();
    EXPECT_FALSE(fs::exists(killed / "model.safetensors"));
    {  // as if it was killed later than its checkpoint
      append_line(killed / "log.jsonl", R"({"step": 5, "learning_rate": 1})");
      if (fs::exists(killed / "validation.jsonl"))
        append_line(killed / "validation.jsonl", R"({"step": 6, "score": 0})");
    }
    train_tiny(cohort, options, killed);
    for (const char* name : {"model.safetensors", "log.jsonl", "validation.jsonl"}) {
      if (!fs::exists(whole / name)) continue;  // vanilla has no validation
      EXPECT_EQ(read_file(killed / name), read_file(whole / name)) << method << " " << name;
    }
    options.batch = 3;
    fs::remove(killed / "model.safetensors");
    EXPECT_ERROR(train_tiny(cohort, options, killed), usage, "options");
  }
}

TEST(TrainBlender, EveryOptionOfTheLossWorks) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  int number = 0;
  const auto trains = [&](const std::function<void(BlenderTrainingOptions&)>& change) {
    BlenderTrainingOptions options = tiny_training();
    options.steps = 2;
    change(options);
    const TrainingRun run = train_tiny(cohort, options, folder / std::to_string(number++));
    EXPECT_EQ(run.steps, 2);
  };
  trains([](auto& o) { o.loss.adversarial_weight = 0; });
  trains([](auto& o) { o.loss.adversarial = "least_squares"; });
  trains([](auto& o) { o.loss.adversarial = "literal"; });
  trains([](auto& o) { o.loss.seamless = false; });
  trains([](auto& o) { o.discriminator.sees_mask = true; });
  trains([](auto& o) { o.discriminator.looks_at = "window"; });
  trains([](auto& o) { o.match = "offset"; });
  trains([](auto& o) { o.match = "none"; });
  trains([](auto& o) { o.generator.body = "none"; });
  trains([](auto& o) { o.generator.body = "coarse"; });
  trains([](auto& o) { o.loss.guidance = "vector"; });
  trains([](auto& o) { o.generator.output = "plain"; });
  trains([](auto& o) { o.data.intensity.range = "breast"; });
  trains([](auto& o) { o.discriminator.gradient_penalty = 1; });
  trains([](auto& o) { o.jitter.shift = 0.2; });
  trains([](auto& o) { o.jitter.cutout = 0.3; });
}

TEST(TrainBlender, JudgesByImageNetsFeatures) {
  try {
    find_asset("resnet50-imagenet-c1-c4-bf16.safetensors");
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  const TestFolder folder;
  BlenderTrainingOptions options = tiny_training();
  options.steps = 2;
  options.discriminator.features = "imagenet";
  EXPECT_EQ(train_tiny(test_cohort(folder / "real", 4, 6), options, folder / "run").steps, 2);
}

// The right column of docs/equations.md.
TEST(TrainBlender, ThePapersPresetTrainsAndGrafts) {
  BlenderTrainingOptions options = blender_preset("paper");
  EXPECT_EQ(options.data.placement.contrast_growth, 0);
  EXPECT_EQ(options.generator.output, "plain");
  EXPECT_EQ(options.generator.body, "none");
  EXPECT_EQ(options.loss.scales, 1);
  EXPECT_EQ(options.loss.guidance, "vector");
  EXPECT_EQ(options.match, "none");
  EXPECT_EQ(options.discriminator.looks_at, "window");
  EXPECT_EQ(options.loss.adversarial, "literal");
  EXPECT_EQ(options.discriminator.gain, 1);
  EXPECT_FALSE(options.jitter.enabled);
  EXPECT_EQ(options.ema_decay, 0);
  EXPECT_EQ(options.keep, "last");
  const BlenderTrainingOptions small = tiny_training();
  options.steps = 2;
  options.batch = small.batch;
  options.generator.widths = small.generator.widths;
  options.discriminator.widths = small.discriminator.widths;
  options.data = small.data;
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  const TrainingRun run = train_tiny(cohort, options, folder / "run");
  EXPECT_EQ(run.best_step, 2);
  EXPECT_EQ(graft_with(run.model, cohort, folder / "made").images.size(), 4u);
}

// Measured every step or at the end alone; spectral norm is what a measurement might move.
TEST(TrainBlender, MeasuringDoesNotChangeWhatIsLearnt) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  BlenderTrainingOptions options = tiny_training();
  options.keep = "last";
  options.discriminator.spectral_norm = true;
  options.validate_every = 1;
  const fs::path often = train_tiny(cohort, options, folder / "often").model;
  options.validate_every = 6;
  const fs::path once = train_tiny(cohort, options, folder / "once").model;
  EXPECT_EQ(read_file(often), read_file(once));
}

TEST(TrainBlender, OptionsOutOfRangeAreToldBeforeAnythingIsRead) {
  const auto refused = [](const std::string& message, const auto& change) {
    BlenderTrainingOptions options;
    check(options);
    change(options);
    EXPECT_ERROR(check(options), usage, message);
  };
  refused("generator.body_mm: found -1", [](auto& o) { o.generator.body_mm = -1; });
  refused("generator.feather_px: found -1", [](auto& o) { o.generator.feather_px = -1; });
  refused("generator.fusion.match: found 1", [](auto& o) { o.generator.fusion.match = 1; });
  refused("loss.epsilon: found 0, expected above 0", [](auto& o) { o.loss.epsilon = 0; });
  refused("loss.mixed_scales: found -1", [](auto& o) { o.loss.mixed_scales = -1; });
  refused("discriminator.gain: found 0", [](auto& o) { o.discriminator.gain = 0; });
  refused("discriminator.gradient_penalty: found -1",
          [](auto& o) { o.discriminator.gradient_penalty = -1; });
}

TEST(TrainBlender, ADivergedOneStopsWithTheStep) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  BlenderTrainingOptions options = tiny_training();
  options.schedule.learning_rate = 1e30;
  EXPECT_ERROR(train_tiny(cohort, options, folder / "run"), bad_input, "training diverged at step");
}

TEST(TrainBlender, RefusesWhatCannotBeLearnt) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 3, 3);
  BlenderTrainingOptions options = tiny_training();
  options.data.window_px = 50;
  EXPECT_ERROR(train_tiny(cohort, options, folder / "run"), usage, "window_px");
  for (ImageRecord& image : cohort.images) image.status = Status::unknown;
  EXPECT_ERROR(train_tiny(cohort, tiny_training(), folder / "run"), bad_input, "6 unknown");
  cohort.annotations.clear();
  EXPECT_ERROR(train_tiny(cohort, tiny_training(), folder / "run"), bad_input, "no masses");
  options = tiny_training();
  options.method = "vanilla";
  EXPECT_ERROR(train_tiny(cohort, options, folder / "run"), bad_input, "no masses");
}

}  // namespace
}  // namespace mammograft
