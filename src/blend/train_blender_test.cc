// Blenders from files to a file that grafts, on a tiny cohort.
#include "blend/train_blender.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>

#include "blend/blender.h"
#include "blend/blender_file.h"
#include "blend/train_vanilla.h"
#include "blend/vanilla_maker.h"
#include "blend/vanilla_set.h"
#include "cohort/patients.h"
#include "core/assets.h"
#include "core/files.h"
#include "core/testing.h"
#include "core/training_log.h"
#include "graft/synthesize.h"
#include "graft/testing.h"
#include "nn/tensor_names.h"

namespace mammograft {
namespace {

BlenderTrainingOptions tiny() {
  BlenderTrainingOptions options;
  options.steps = 6;
  options.batch = 2;
  options.validate_every = 2;
  options.sheet_every = 4;
  options.checkpoint_every = 3;
  options.log_every = 1;
  options.generator.widths = {4, 8, 8};
  options.discriminator.widths = {4, 8, 8};
  options.loss.scales = 3;
  options.data.grid_mm = kTestSpacing;
  options.data.window_px = 48;
  options.data.validation_windows = 4;
  options.vanilla.side_px = 32;
  options.vanilla.latent = 4;
  options.vanilla.width = 4;
  options.data.held_out = 0.3;
  return options;
}

// Asks for a stop once a number of training steps is done.
class CancelAt : public Progress {
 public:
  explicit CancelAt(int64_t step) : step_(step) {}
  void start(const std::string& label, int64_t) override { training_ = label == "training"; }
  void advance(int64_t done, const std::string&) override {
    if (training_ && done == step_) request_cancel();
  }

 private:
  int64_t step_;
  bool training_ = false;
};

TrainingRun train(const Cohort& cohort, const BlenderTrainingOptions& options, const fs::path& run,
                  int64_t cancel_at = -1) {
  CancelAt progress(cancel_at);
  const RunContext context{7, 1, "cpu", progress};
  return options.method == "vanilla"
             ? train_vanilla(cohort, options, RunFolder(run), context)
             : train_blender(cohort, cohort, options, RunFolder(run), context);
}

SynthesisOptions grafts(int64_t count) {
  SynthesisOptions options;
  options.count = count;
  return options;
}

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
  const TrainingRun run = train(cohort, tiny(), folder / "run");
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
  const BlenderInfo info = read_blender_info(run.model);
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
  BlenderTrainingOptions options = tiny();
  options.data.grid_mm = 0.8;
  options.data.window_px = 32;
  const TrainingRun run = train(cohort, options, folder / "run");
  const Cohort made = graft_with(run.model, cohort, folder / "made");
  EXPECT_EQ(made.images.size(), 4u);
  EXPECT_EQ(made.images[0].width, kTestSide);
}

TEST(TrainBlender, AKilledOneEndsAsIfItWasNot) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  for (const char* method : {"blend", "noprior", "vanilla"}) {
    BlenderTrainingOptions options = tiny();
    options.method = method;
    const fs::path whole = folder / (std::string(method) + "-whole");
    const fs::path killed = folder / (std::string(method) + "-killed");
    train(cohort, options, whole);
    EXPECT_ERROR(train(cohort, options, killed, 4), cancelled, "stopped after 4 of 6 steps");
    clear_cancel();
    EXPECT_FALSE(fs::exists(killed / "model.safetensors"));
    {  // as if it was killed later than its checkpoint
      append_line(killed / "log.jsonl", R"({"step": 5, "learning_rate": 1})");
      if (fs::exists(killed / "validation.jsonl"))
        append_line(killed / "validation.jsonl", R"({"step": 6, "score": 0})");
    }
    train(cohort, options, killed);
    for (const char* name : {"model.safetensors", "log.jsonl", "validation.jsonl"}) {
      if (!fs::exists(whole / name)) continue;  // vanilla has no validation
      EXPECT_EQ(read_file(killed / name), read_file(whole / name)) << method << " " << name;
    }
    options.batch = 3;
    fs::remove(killed / "model.safetensors");
    EXPECT_ERROR(train(cohort, options, killed), usage, "options");
  }
}

TEST(TrainBlender, EveryOptionOfTheLossWorks) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  int number = 0;
  const auto trains = [&](const std::function<void(BlenderTrainingOptions&)>& change) {
    BlenderTrainingOptions options = tiny();
    options.steps = 2;
    change(options);
    const TrainingRun run = train(cohort, options, folder / std::to_string(number++));
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
  BlenderTrainingOptions options = tiny();
  options.steps = 2;
  options.discriminator.features = "imagenet";
  EXPECT_EQ(train(test_cohort(folder / "real", 4, 6), options, folder / "run").steps, 2);
}

// The right column of docs/equations.md.
TEST(TrainBlender, ThePapersPresetTrainsAndGrafts) {
  BlenderTrainingOptions options = blender_preset("paper");
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
  const BlenderTrainingOptions small = tiny();
  options.steps = 2;
  options.batch = small.batch;
  options.generator.widths = small.generator.widths;
  options.discriminator.widths = small.discriminator.widths;
  options.data = small.data;
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  const TrainingRun run = train(cohort, options, folder / "run");
  EXPECT_EQ(run.best_step, 2);
  EXPECT_EQ(graft_with(run.model, cohort, folder / "made").images.size(), 4u);
}

// Measured every step or at the end alone; spectral norm is what a measurement might move.
TEST(TrainBlender, MeasuringDoesNotChangeWhatIsLearnt) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  BlenderTrainingOptions options = tiny();
  options.keep = "last";
  options.discriminator.spectral_norm = true;
  options.validate_every = 1;
  const fs::path often = train(cohort, options, folder / "often").model;
  options.validate_every = 6;
  const fs::path once = train(cohort, options, folder / "once").model;
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
  BlenderTrainingOptions options = tiny();
  options.schedule.learning_rate = 1e30;
  EXPECT_ERROR(train(cohort, options, folder / "run"), bad_input, "training diverged at step");
}

TEST(TrainBlender, RefusesWhatCannotBeLearnt) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 3, 3);
  BlenderTrainingOptions options = tiny();
  options.data.window_px = 50;
  EXPECT_ERROR(train(cohort, options, folder / "run"), usage, "window_px");
  for (ImageRecord& image : cohort.images) image.status = Status::unknown;
  EXPECT_ERROR(train(cohort, tiny(), folder / "run"), bad_input, "6 unknown");
  cohort.annotations.clear();
  EXPECT_ERROR(train(cohort, tiny(), folder / "run"), bad_input, "no masses");
  options = tiny();
  options.method = "vanilla";
  EXPECT_ERROR(train(cohort, options, folder / "run"), bad_input, "no masses");
}

TEST(BlendSet, HoldsOutPatientsAndDependsOnTheSeedAlone) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 5, 6);
  Progress progress;
  BlendSetOptions options = tiny().data;
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  const BlendSet again(cohort, cohort, options, 7, 1, progress);
  EXPECT_EQ(set.lesions() + set.held_out_lesions(), 5);
  EXPECT_EQ(set.held_out_lesions(), 2);  // 0.3 of 5
  EXPECT_EQ(std::ssize(set.reals()), set.lesions());
  EXPECT_EQ(set.validation().size(), 4u);
  EXPECT_EQ(set.patients().size(), 11u);
  for (const int64_t i : {0, 3, 11}) {
    const GraftWindow one = set.draw(i, Rng(2)), two = again.draw(i, Rng(2));
    EXPECT_EQ(cv::norm(one.x, two.x, cv::NORM_INF), 0);
    EXPECT_EQ(cv::norm(one.e, two.e, cv::NORM_INF), 0);
    EXPECT_EQ(one.x.size(), cv::Size(48, 48));
    EXPECT_GT(cv::countNonZero(one.omega), cv::countNonZero(one.mask));
    EXPECT_EQ(cv::countNonZero(one.omega & ~one.breast), 0);
    EXPECT_NE(cv::norm(one.x, set.draw(i + 1, Rng(2)).x, cv::NORM_INF), 0);
  }
  // The masses are 9000 brighter than their surroundings, in 65535.
  for (const double contrast : set.source_contrasts()) EXPECT_NEAR(contrast, 9000. / 65535, 0.02);
}

TEST(BlendSet, HoldsNobodyOutWhereNobodyIsWanted) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 5, 6);
  Progress progress;
  BlendSetOptions options = tiny().data;
  options.held_out = 0;
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  EXPECT_EQ(set.lesions(), 5);
  EXPECT_EQ(set.backgrounds(), 6);
  EXPECT_EQ(std::ssize(set.reals()), 5);
  EXPECT_TRUE(set.held_out_reals().empty());
  EXPECT_EQ(set.validation().size(), 4u);
}

// Here every mass has a healthy image of the same patient.
TEST(BlendSet, HoldsAPatientOutWithAllThatIsHis) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 5, 5);
  for (size_t i = 0; i < 5; ++i) cohort.images[5 + i].patient_id = cohort.images[i].patient_id;
  Progress progress;
  for (const uint64_t seed : {1, 2, 3, 4}) {
    const BlendSet set(cohort, cohort, tiny().data, seed, 2, progress);
    EXPECT_EQ(set.held_out_lesions(), 2);  // 0.3 of 5
    EXPECT_EQ(set.backgrounds(), 3) << "nobody else's image is held out beside";
    EXPECT_EQ(std::ssize(set.reals()), 3);
    EXPECT_EQ(std::ssize(set.held_out_reals()), 2);
    EXPECT_EQ(set.patients().size(), 5u);
  }
}

// A lesion goes into images of its own view, as it does in a synthesis.
TEST(BlendSet, MixesNoViewsUnlessTold) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 5, 6);
  for (size_t i = 5; i < cohort.images.size(); ++i) cohort.images[i].view = "MLO";
  Progress progress;
  BlendSetOptions options = tiny().data;
  EXPECT_ERROR(BlendSet(cohort, cohort, options, 7, 2, progress), bad_input, "finds room");
  options.placement.view = "any";
  EXPECT_FALSE(BlendSet(cohort, cohort, options, 7, 2, progress).validation().empty());
}

TEST(BlendSet, LearnsFromAsManyMassesAsTold) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 5, 6);
  Progress progress;
  BlendSetOptions options = tiny().data;
  options.max_lesions = 3;
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  EXPECT_EQ(set.lesions() + set.held_out_lesions(), 3);
  EXPECT_EQ(std::ssize(set.reals()), set.lesions());  // what is left out is not shown as real
}

TEST(BlendSet, PlacesByTheMassesThatItLearnsFrom) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 12, 6);
  Progress progress;
  BlendSetOptions options = tiny().data;
  const BlendSet anywhere(cohort, cohort, options, 7, 2, progress);
  options.placement.prior = "learnt";
  const BlendSet set(cohort, cohort, options, 7, 2, progress);
  const BlendSet again(cohort, cohort, options, 7, 1, progress);
  int others = 0;
  for (int64_t i = 0; i < 6; ++i) {
    const cv::Mat x = set.draw(i, Rng(2)).x;
    EXPECT_EQ(cv::norm(x, again.draw(i, Rng(2)).x, cv::NORM_INF), 0);
    others += cv::norm(x, anywhere.draw(i, Rng(2)).x, cv::NORM_INF) > 0;
  }
  EXPECT_GT(others, 3);
  options.max_lesions = 7;
  EXPECT_ERROR(BlendSet(cohort, cohort, options, 7, 2, progress), bad_input,
               "found 7 real masses to learn from, expected 10");
}

TEST(BlenderFile, IsNotMistakenForAnother) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 4, 6);
  BlenderTrainingOptions options = tiny();
  options.steps = 1;
  const fs::path blend = train(cohort, options, folder / "blend").model;
  options.method = "vanilla";
  const fs::path vanilla = train(cohort, options, folder / "vanilla").model;
  BlenderInfo info;
  EXPECT_ERROR(load_blender(vanilla, &info), bad_input, "found a vanilla GAN");
  EXPECT_ERROR(load_vanilla(blend, &info), bad_input, "expected a vanilla GAN");
  TensorFile file = load_tensors(blend);
  file.metadata["kind"] = "mammograft-detector";
  save_tensors(folder / "detector.safetensors", file);
  EXPECT_ERROR(load_blender(folder / "detector.safetensors", &info), bad_input,
               "found 'mammograft-detector', expected 'mammograft-blender'");
  file.metadata.clear();
  save_tensors(folder / "bare.safetensors", file);
  EXPECT_ERROR(load_blender(folder / "bare.safetensors", &info), bad_input, "no 'kind'");
  file = load_tensors(blend);
  file.tensors.erase("generator.down0.weight");
  save_tensors(folder / "less.safetensors", file);
  EXPECT_ERROR(load_blender(folder / "less.safetensors", &info), bad_input,
               "less.safetensors: 1 tensors are missing: generator.down0.weight");
}

TEST(Vanilla, LaysTheChestWallOnTheLeft) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "real", 2, 1);
  Cohort other = test_cohort(folder / "mirrored", 2, 1);
  for (ImageRecord& image : other.images) {
    cv::Mat pixels = read_pixels(other, image), mirrored;
    cv::flip(pixels, mirrored, 1);
    write_png(other.folder / image.file_name, mirrored);
    for (Point& p : image.breast_contour[0]) p.x = kTestSide - p.x;
  }
  for (Annotation& annotation : other.annotations) {
    for (Point& p : std::get<std::vector<Polygon>>(annotation.segmentation)[0])
      p.x = kTestSide - p.x;
  }
  Progress progress;
  const VanillaSet left = read_vanilla_set(cohort, 32, tiny().data, 1, progress);
  const VanillaSet right = read_vanilla_set(other, 32, tiny().data, 1, progress);
  ASSERT_EQ(left.images.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_GT(cv::sum(left.images[i].image.colRange(0, 16))[0],
              cv::sum(left.images[i].image.colRange(16, 32))[0]);
    EXPECT_LT(cv::norm(left.images[i].image, right.images[i].image, cv::NORM_INF), 0.2);
    EXPECT_LE(cv::norm(left.images[i].mask, right.images[i].mask, cv::NORM_L1), 12);  // of 2 each
  }
}

// An image whose mask holds nothing would teach to draw images without a mass.
TEST(Vanilla, LeavesOutMassesSmallerThanAPixel) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "real", 2, 1);
  const auto shrink = [&](Annotation& annotation) {
    annotation.segmentation = std::vector<Polygon>{test_disc(annotation.bbox.center(), 0.8)};
  };
  shrink(cohort.annotations[0]);
  Progress progress;
  const VanillaSet set = read_vanilla_set(cohort, 32, tiny().data, 1, progress);
  EXPECT_EQ(set.images.size(), 1u);
  EXPECT_EQ(set.unseen, std::vector<std::string>{"images/1.png"});
  EXPECT_EQ(set.patients, std::vector<std::string>{"t/2"});
  shrink(cohort.annotations[1]);
  EXPECT_ERROR(read_vanilla_set(cohort, 32, tiny().data, 1, progress), bad_input,
               "images/1.png, images/2.png");
}

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      found[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return found;
}

fs::path vanilla_model(const fs::path& folder) {
  BlenderTrainingOptions options = tiny();
  options.method = "vanilla";
  return train(test_cohort(folder / "real", 4, 2), options, folder / "run").model;
}

Cohort vanilla_images(const fs::path& model, const SynthesisOptions& options, const fs::path& out,
                      Progress& progress, uint64_t seed = 1) {
  const RunContext context{seed, 1, "cpu", progress};
  return synthesize(*open_vanilla(model, options, context), options, out, context);
}

TEST(Vanilla, MakesImagesWithMasks) {
  const TestFolder folder;
  const fs::path model = vanilla_model(folder.path());
  Progress progress;
  const Cohort made = vanilla_images(model, grafts(3), folder / "out", progress);
  ASSERT_GE(made.images.size(), 1u);
  EXPECT_EQ(made.images[0].width, 32);
  EXPECT_EQ(made.images[0].file_name, "images/vanilla-000001.png");
  ASSERT_TRUE(is_synthetic(made.images[0]));
  EXPECT_EQ(made.images[0].source->method, "vanilla");
  EXPECT_FALSE(made.images[0].source->lesion);
  EXPECT_EQ(learnt_from(made).size(), 4u);  // only those with a mass
  EXPECT_EQ(read_cohort(folder / "out").images.size(), made.images.size());
}

TEST(Vanilla, AKilledSynthesisContinuesToTheSameBytes) {
  struct Cancel : Progress {
    void advance(int64_t done, const std::string&) override {
      if (done == 8) request_cancel();
    }
  };
  const TestFolder folder;
  const fs::path model = vanilla_model(folder.path());
  Progress quiet;
  vanilla_images(model, grafts(20), folder / "whole", quiet);
  Cancel cancel;
  EXPECT_ERROR(vanilla_images(model, grafts(20), folder / "killed", cancel), cancelled,
               "cancelled");
  clear_cancel();
  EXPECT_FALSE(fs::exists(folder / "killed" / "cohort.json"));
  const fs::path first = folder / "killed" / "images" / "vanilla-000001.png";
  ASSERT_TRUE(fs::exists(first));
  // Another seed or another number of attempts would give other images.
  EXPECT_ERROR(vanilla_images(model, grafts(20), folder / "killed", quiet, 2), usage,
               "another seed");
  EXPECT_ERROR(vanilla_images(model, grafts(21), folder / "killed", quiet), usage,
               "another options");
  // What is on disk already is not made again.
  const auto written = fs::last_write_time(first);
  vanilla_images(model, grafts(20), folder / "killed", quiet);
  EXPECT_EQ(fs::last_write_time(first), written);
  EXPECT_EQ(files_in(folder / "killed"), files_in(folder / "whole"));
}

}  // namespace
}  // namespace mammograft
