// Training a tiny detector from files to a file that detects.
#include "detect/train_detector.h"

#include <gtest/gtest.h>

#include <set>

#include "core/files.h"
#include "core/testing.h"
#include "detect/detector.h"
#include "detect/detector_file.h"
#include "detect/ensemble.h"
#include "detect/search.h"
#include "detect/training_testing.h"

namespace mammograft {
namespace {

// Four steps in two stages from a file of other patients, cancelled in each stage, end as if they
// had run in one go; then the model detects.
TEST(TrainDetector, SlowResumedTrainingIsTheUninterruptedOne) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  Cohort earlier = test_cohort(folder / "earlier");
  for (ImageRecord& image : earlier.images) image.patient_id += "-earlier";

  const TrainingRun first = train_tiny(earlier, tiny_training(), folder / "first");
  EXPECT_EQ(first.steps, 1);
  DetectorTrainingOptions options = tiny_training();
  options.init = first.model.string();
  options.stages = {"heads", "stage4"};
  options.lengths = {2, 2};
  const TrainingRun whole = train_tiny(cohort, options, folder / "whole", {.threads = 2});
  EXPECT_EQ(whole.steps, 4);
  const std::filesystem::path run = folder / "resumed";
  EXPECT_ERROR(train_tiny(cohort, options, run, {.cancel_at = 1, .threads = 2}), cancelled,
               "stopped after 1 of 4 steps");
  clear_cancel();
  EXPECT_FALSE(std::filesystem::exists(run / "model.safetensors"));
  EXPECT_ERROR(train_tiny(cohort, options, run, {.cancel_at = 3, .threads = 2}), cancelled,
               "stopped after 3 of 4 steps");
  clear_cancel();
  EXPECT_EQ(train_tiny(cohort, options, run, {.threads = 2}).steps, 1);
  EXPECT_TRUE(read_file(run / "model.safetensors") == read_file(whole.model)) << "bit for bit";
  EXPECT_EQ(read_file(run / "log.jsonl"), read_file(folder / "whole" / "log.jsonl"));
  EXPECT_EQ(train_tiny(cohort, options, run, {.threads = 2}).steps, 0) << "all done";
  EXPECT_TRUE(read_file(run / "model.safetensors") == read_file(whole.model))
      << "what is frozen is not averaged here either";

  // Only what the stages name has learnt.
  const TensorMap before = load_tensors(first.model).tensors,
                  after = load_tensors(whole.model).tensors;
  const auto same = [&](const std::string& name) {
    return torch::equal(before.at(name), after.at(name));
  };
  EXPECT_TRUE(same("backbone.body.conv1.weight"));
  EXPECT_TRUE(same("backbone.body.layer2.3.conv3.weight"));
  EXPECT_FALSE(same("backbone.body.layer3.0.conv1.weight"));
  EXPECT_FALSE(same("backbone.fpn.inner_blocks.0.0.weight"));
  EXPECT_FALSE(same("rpn.head.cls_logits.weight"));
  EXPECT_FALSE(same("roi_heads.box_head.fc6.weight"));
  EXPECT_FALSE(same("roi_heads.mask_predictor.mask_fcn_logits.weight"));

  // Other arguments than in run.json.
  DetectorTrainingOptions changed = options;
  changed.augment.gamma = 0.1;
  EXPECT_ERROR(train_tiny(cohort, changed, run), usage,
               "not the run that was begun here (options.");
  EXPECT_ERROR(train_tiny(cohort, options, run, {.seed = 8}), usage,
               "not the run that was begun here (seed: found 7");
  Cohort smaller = cohort;
  smaller.annotations[0].bbox.x1 -= 1;
  EXPECT_ERROR(train_tiny(smaller, options, run), usage,
               "not the run that was begun here (input: ");

  // The model knows everybody it learnt from, and detects.
  const Detector detector = Detector::load(
      whole.model, {.precision = "fp32", .device = "cpu", .threads = 2, .all_masks = true});
  EXPECT_TRUE(detector.masks());
  PatientSet patients;
  for (const Cohort* c : {&cohort, static_cast<const Cohort*>(&earlier)}) {
    for (const ImageRecord& image : c->images) patients.insert(image.patient_id);
  }
  EXPECT_EQ(detector.patients_hashed(), patients);
  const auto found = detector.detect(read_pixels(cohort, cohort.images[0]));
  ASSERT_FALSE(found.empty());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_GE(std::min(found[i].box.x0, found[i].box.y0), 0);
    EXPECT_LE(found[i].box.x1, kTestWidth);
    EXPECT_LE(found[i].box.y1, kTestHeight);
    EXPECT_TRUE(i == 0 || found[i].score <= found[i - 1].score);
    ASSERT_TRUE(found[i].mask.has_value());
    EXPECT_EQ(found[i].mask->height, kTestHeight);
    EXPECT_EQ(found[i].mask->width, kTestWidth);
  }

  // Mirrored back, a mirror image shows the same places: what the network is sure of stays.
  const Detector mirrors = Detector::load(
      whole.model, {.precision = "fp32", .device = "cpu", .threads = 2, .mirrors = "xy"});
  const cv::Mat pixels = read_pixels(cohort, cohort.images[0]);
  const auto straight = mirrors.detect(pixels);
  for (int axes : {1, 0, -1}) {
    cv::Mat turned;
    cv::flip(pixels, turned, axes);
    const auto flipped = mirrors.detect(turned);
    ASSERT_EQ(straight.size(), flipped.size());
    const Box& box = flipped[0].box;
    const Box back{axes ? kTestWidth - box.x1 : box.x0, axes < 1 ? kTestHeight - box.y1 : box.y0,
                   axes ? kTestWidth - box.x0 : box.x1, axes < 1 ? kTestHeight - box.y0 : box.y1};
    EXPECT_GT(iou(back, straight[0].box), 0.99);
    EXPECT_NEAR(flipped[0].score, straight[0].score, 1e-4);
  }

  // search() says the same, and lists what cannot be read.
  std::vector<SearchItem> items(3);
  for (int64_t i = 0; i < 3; ++i) {
    items[i] = {cohort.images[i].id, cohort.images[i].file_name,
                [&, i] { return read_pixels(cohort, cohort.images[i]); }, std::nullopt, ""};
  }
  items[1].read = []() -> cv::Mat { fail(ErrorKind::bad_input, "image-2.png: broken"); };
  Progress progress;
  const Ensemble one = Ensemble::load(
      {whole.model}, {.precision = "fp32", .device = "cpu", .threads = 2, .all_masks = true});
  const SearchResult result = search(one, items, {.keep_going = true}, {}, progress);
  EXPECT_EQ(result.image_ids, (std::vector<int64_t>{1, 3}));
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].name, "image-2.png");
  ASSERT_GE(result.detections.size(), found.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(result.detections[i].image_id, 1);
    EXPECT_EQ(result.detections[i].bbox, found[i].box);
    EXPECT_EQ(result.detections[i].score, found[i].score);
  }
  EXPECT_ERROR(search(one, items, {}, {}, progress), bad_input, "image-2.png: broken");
}

TEST(TrainDetector, BoxesAloneTeachNoMasks) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort", MaskOrigin::box);
  const TrainingRun run = train_tiny(cohort, tiny_training(), folder / "run");
  const Detector detector = Detector::load(
      run.model, {.precision = "fp32", .device = "cpu", .threads = 2, .all_masks = true});
  EXPECT_FALSE(detector.masks());
  const auto found = detector.detect(read_pixels(cohort, cohort.images[0]));
  ASSERT_FALSE(found.empty());
  for (const FoundMass& mass : found) EXPECT_FALSE(mass.mask.has_value());
}

TEST(TrainDetector, WrongPlansAreUsageErrors) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = tiny_training();
  options.lengths = {1, 2};
  EXPECT_ERROR(train_tiny(cohort, options, folder / "a"), usage, "1 stages and 2 lengths");
  options.lengths = {1};
  options.stages = {"stage9"};
  EXPECT_ERROR(train_tiny(cohort, options, folder / "b"), usage, "stage9");
  options.stages = {"all"};
  options.init = (folder / "none.safetensors").string();
  EXPECT_ERROR(train_tiny(cohort, options, folder / "c"), io, "none.safetensors");
  save_tensors(folder / "stranger.safetensors", {{{"x", torch::zeros({2})}}, {}});
  options.init = (folder / "stranger.safetensors").string();
  EXPECT_ERROR(train_tiny(cohort, options, folder / "d"), bad_input, "no tensor fits");
  // A run that failed before its first checkpoint binds nobody.
  EXPECT_EQ(train_tiny(cohort, tiny_training(), folder / "d").steps, 1);
}

// The one-stage network: cancelled and resumed it ends as if it had run in one go; then it detects.
TEST(TrainDetector, SlowResumedRetinaNetIsTheUninterruptedOne) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = tiny_training();
  options.model = tiny_retina();
  options.ema_decay = 0;  // too short a training to be averaged
  options.lengths = {3};
  const TrainingRun whole = train_tiny(cohort, options, folder / "whole", {.threads = 2});
  const std::filesystem::path run = folder / "resumed";
  EXPECT_ERROR(train_tiny(cohort, options, run, {.cancel_at = 1, .threads = 2}), cancelled,
               "stopped after 1 of 3 steps");
  clear_cancel();
  EXPECT_EQ(train_tiny(cohort, options, run, {.threads = 2}).steps, 2);
  EXPECT_TRUE(read_file(run / "model.safetensors") == read_file(whole.model)) << "bit for bit";
  const std::string log = read_file(run / "log.jsonl");
  EXPECT_EQ(log, read_file(folder / "whole" / "log.jsonl"));
  const Json first = Json::parse(log.substr(0, log.find('\n')));
  EXPECT_NEAR(first["loss"].get<double>(),
              first["loss_classifier"].get<double>() + first["loss_box_reg"].get<double>(), 1e-5);

  const Detector detector = Detector::load(
      whole.model, {.precision = "fp32", .device = "cpu", .threads = 2, .all_masks = true});
  EXPECT_FALSE(detector.masks());
  EXPECT_EQ(detector.description()["arch"], "retinanet");
  EXPECT_EQ(detector.patients_hashed().size(), cohort.images.size());
  const auto found = detector.detect(read_pixels(cohort, cohort.images[0]));
  ASSERT_GT(found.size(), 1u) << "no score floor";
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_FALSE(found[i].mask.has_value());
    EXPECT_TRUE(i == 0 || found[i].score <= found[i - 1].score);
  }
}

// The other preset's network and units: layer4 and P2, three stages, epochs, bf16.
TEST(TrainDetector, SlowTorchvisionPresetLearnsItsFreshLayer4) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = training_preset("torchvision");
  options.model.input.long_side_px = 64;
  options.model.backbone.fpn_channels = 8;
  options.model.rpn.post_nms_train = options.model.rpn.pre_nms_train = 40;
  options.model.roi.samples = 16;
  options.model.roi.box_features = 16;
  options.model.roi.mask_channels = 8;
  options.precision = "bf16";
  options.batch = 1;
  options.calibration_images = 4;
  options.init = (folder / "trunk.safetensors").string();
  // A trunk without layer4, as the shipped one.
  torch::manual_seed(5);
  TensorMap trunk = named_tensors(*ResNet50(ResNetOptions{.layer4 = false}));
  for (auto& [name, tensor] : trunk) tensor = tensor.detach().clone();
  save_tensors(options.init, {trunk, {}});
  const double masses = 2;  // images with a mass in the test's cohort: one epoch of the draws
  options.lengths = {1 / masses, 1 / masses, 1 / masses};
  const TrainingRun run = train_tiny(cohort, options, folder / "run");
  EXPECT_GE(run.steps, 3);
  const TensorMap after = load_tensors(run.model).tensors;
  EXPECT_GT(after.at("backbone.body.layer4.2.bn3.running_mean").abs().sum().item<double>(), 0)
      << "calibrated";
  EXPECT_TRUE(torch::equal(after.at("backbone.body.layer3.5.bn3.running_var"),
                           trunk.at("layer3.5.bn3.running_var")))
      << "the file's statistics stay";
  EXPECT_FALSE(torch::equal(after.at("backbone.body.conv1.weight"), trunk.at("conv1.weight")))
      << "the last stage: all";
  const Detector detector =
      Detector::load(run.model, {.precision = "fp32", .device = "cpu", .threads = 2});
  EXPECT_EQ(detector.options().preset, "torchvision");
  for (const FoundMass& mass : detector.detect(read_pixels(cohort, cohort.images[0])))
    EXPECT_TRUE(std::isfinite(mass.score));
}

}  // namespace
}  // namespace mammograft
