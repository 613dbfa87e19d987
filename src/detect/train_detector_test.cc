// Detectors on disk, and training a tiny one from files to a file that detects.
#include "detect/train_detector.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "cohort/detections.h"
#include "core/files.h"
#include "core/testing.h"
#include "detect/cohort_testing.h"
#include "detect/detector.h"
#include "detect/detector_file.h"
#include "detect/ensemble.h"
#include "detect/fine_tuning.h"
#include "detect/graft_testing.h"
#include "detect/make_network.h"
#include "detect/search.h"
#include "detect/testing.h"

namespace mammograft {
namespace {

DetectorOptions tiny_model() {
  DetectorOptions options = detector_preset("light");
  options.input.long_side_px = 64;
  options.backbone.fpn_channels = 8;
  options.rpn.post_nms_train = 40;
  options.rpn.post_nms_test = 20;
  options.roi.box_features = 16;
  options.roi.mask_channels = 8;
  options.roi.mask_convolutions = 1;
  return options;
}

// A network on disk that several tests read.
class DetectorFile : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TestFolder;
    torch::manual_seed(1);
    network_ = make_network(tiny_model());
    const DetectorInfo info{tiny_model(), true, PatientSet::of({"t/1", "t/2"}), {{"steps", 4}}};
    save_detector(path(), *network_, info);
  }
  static void TearDownTestSuite() {
    network_.reset();
    delete folder_;
  }
  static std::filesystem::path path() { return *folder_ / "model.safetensors"; }
  static std::filesystem::path other() { return *folder_ / "other.safetensors"; }
  // A copy of the file with something changed.
  static void save_other(const std::function<void(TensorFile&)>& change) {
    TensorFile file = load_tensors(path());
    change(file);
    save_tensors(other(), file);
  }
  static void load_other() {
    DetectorInfo info;
    load_detector(other(), &info);
  }
  static TestFolder* folder_;
  static std::shared_ptr<DetectionNetwork> network_;
};
TestFolder* DetectorFile::folder_ = nullptr;
std::shared_ptr<DetectionNetwork> DetectorFile::network_;

TEST_F(DetectorFile, ComesBackAsItWasSaved) {
  DetectorInfo info;
  const auto loaded = load_detector(path(), &info);
  const TensorMap before = named_tensors(*network_), after = named_tensors(*loaded);
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, tensor] : before)
    EXPECT_TRUE(torch::equal(tensor, after.at(name))) << name;
  EXPECT_EQ(to_json(info.options), to_json(tiny_model()));
  EXPECT_EQ(info.patients_hashed, PatientSet::of({"t/1", "t/2"}));
  EXPECT_TRUE(info.masks);
  EXPECT_EQ(info.options.preset, "light");
  EXPECT_EQ(info.options.classes, 2);
  EXPECT_EQ(info.training["steps"], 4);
  EXPECT_EQ(to_json(read_detector_info(path()).options), to_json(tiny_model()));
}

TEST_F(DetectorFile, OtherFilesAreRejected) {
  EXPECT_ERROR(read_detector_info(*folder_ / "none.safetensors"), io, "none.safetensors");
  save_other([](TensorFile& f) { f.metadata["kind"] = "mammograft-inpainter"; });
  EXPECT_ERROR(load_other(), bad_input, "mammograft-inpainter");
  save_other([](TensorFile& f) { f.metadata.clear(); });
  EXPECT_ERROR(load_other(), bad_input, "other.safetensors: metadata: no 'kind'");
  save_other([](TensorFile& f) { f.metadata["detector"] = "{"; });
  EXPECT_ERROR(load_other(), bad_input, "not JSON");
  save_other([](TensorFile& f) { f.metadata["detector"] = R"({"masks": true})"; });
  EXPECT_ERROR(load_other(), bad_input, "options");
  save_other([](TensorFile& f) {
    f.metadata["detector"] = R"({"options": {"depth": 3}, "masks": true})";
  });
  EXPECT_ERROR(load_other(), bad_input, "depth");
}

// Nothing is drawn that the file overwrites.
TEST_F(DetectorFile, IsLoadedWithoutRandomWeights) {
  const auto next_number = [](int fpn_channels) {
    DetectorOptions options = tiny_model();
    options.backbone.fpn_channels = fpn_channels;
    torch::manual_seed(1);
    make_unfilled_network(options);
    return torch::rand({1}, torch::kDouble).item<double>();
  };
  const double after_few = next_number(8);
  EXPECT_EQ(after_few, next_number(16)) << "as many draws, whatever the layers' sizes";
  torch::manual_seed(1);
  DetectorInfo info;
  load_detector(path(), &info);
  EXPECT_EQ(torch::rand({1}, torch::kDouble).item<double>(), after_few);
}

TEST_F(DetectorFile, FilesBeforeRetinaNetAreMaskRcnn) {
  save_other([](TensorFile& f) {
    Json detector = Json::parse(f.metadata["detector"]);
    EXPECT_EQ(detector["arch"], "mask_rcnn");
    detector.erase("arch");
    detector["options"].erase("retina");
    detector["options"]["backbone"].erase("last_level");
    f.metadata["detector"] = detector.dump();
  });
  DetectorInfo info;
  const auto loaded = load_detector(other(), &info);
  EXPECT_EQ(info.options.arch, "mask_rcnn");
  EXPECT_TRUE(loaded->has_masks());
  EXPECT_EQ(to_json(info.options), to_json(tiny_model()));
  save_other([](TensorFile& f) {
    Json detector = Json::parse(f.metadata["detector"]);
    detector["arch"] = "yolo";
    f.metadata["detector"] = detector.dump();
  });
  EXPECT_ERROR(load_other(), bad_input, "arch: expected mask_rcnn or retinanet, found \"yolo\"");
}

DetectorOptions tiny_retina() {
  DetectorOptions options = detector_preset("light", "retinanet");
  options.input.long_side_px = 64;
  options.backbone.fpn_channels = 8;
  return options;
}

TEST_F(DetectorFile, RetinaNetComesBackAndStartsFromMaskRcnnsTrunk) {
  torch::manual_seed(3);
  const auto network = make_network(tiny_retina());
  save_detector(other(), *network, {tiny_retina(), false, {}, Json::object()});
  DetectorInfo info;
  const auto loaded = load_detector(other(), &info);
  EXPECT_EQ(info.options.arch, "retinanet");
  EXPECT_FALSE(loaded->has_masks());
  const TensorMap before = named_tensors(*network), after = named_tensors(*loaded);
  ASSERT_EQ(before.size(), after.size());
  for (const auto& [name, tensor] : before)
    EXPECT_TRUE(torch::equal(tensor, after.at(name))) << name;
  // From the Mask R-CNN on disk everything but the head.
  const LoadReport report = initialise_from(path(), *loaded);
  EXPECT_EQ(report.loaded.size(), named_tensors(*network->backbone).size());
  for (const std::string& name : report.missing) EXPECT_TRUE(name.starts_with("head.")) << name;
  // The other way round the file is not what it says.
  save_other([](TensorFile& f) {
    Json detector = Json::parse(f.metadata["detector"]);
    detector["arch"] = "retinanet";
    f.metadata["detector"] = detector.dump();
  });
  EXPECT_ERROR(load_other(), bad_input, "20 tensors are missing: head.classification_head");
}

TEST_F(DetectorFile, TorchvisionsOldRetinaNetLoads) {
  torch::manual_seed(3);
  const auto network = make_network(tiny_retina());
  TensorFile old;
  for (auto& [name, tensor] : named_tensors(*network)) {
    std::string n = name;  // "conv.1.0.weight" was "conv.2.weight", ReLUs counting
    for (int i = 0; i < 4; ++i) {
      const std::string now = "_head.conv." + std::to_string(i) + ".0.";
      const size_t at = n.find(now);
      if (at == std::string::npos) continue;
      n.replace(at, now.size(), "_head.conv." + std::to_string(2 * i) + ".");
      break;
    }
    old.tensors[n] = tensor.detach();
  }
  ASSERT_TRUE(old.tensors.contains("head.regression_head.conv.6.bias"));
  save_tensors(other(), old);
  torch::manual_seed(4);
  const auto fresh = make_network(tiny_retina());
  const LoadReport report = initialise_from(other(), *fresh);
  EXPECT_TRUE(report.missing.empty() && report.unused.empty() && report.mismatched.empty());
  const TensorMap expected = named_tensors(*network);
  for (const auto& [name, tensor] : named_tensors(*fresh))
    EXPECT_TRUE(torch::equal(tensor, expected.at(name))) << name;
}

TEST_F(DetectorFile, CutShortIsRejected) {
  const std::string bytes = read_file(path());
  for (size_t length : {size_t{0}, size_t{5}, size_t{3000}, bytes.size() / 2, bytes.size() - 1}) {
    write_file(other(), std::string_view(bytes).substr(0, length));
    EXPECT_ERROR(load_other(), bad_input, "other.safetensors");
  }
  EXPECT_ERROR(Detector::load(other(), {}), bad_input, "other.safetensors");
}

TEST_F(DetectorFile, MissingTensorsAndOtherShapesAreNamed) {
  save_other([](TensorFile& f) {
    f.tensors.erase("rpn.head.conv.0.0.weight");
    f.tensors.erase("backbone.fpn.inner_blocks.0.0.bias");
  });
  EXPECT_ERROR(
      load_other(), bad_input,
      "2 tensors are missing: backbone.fpn.inner_blocks.0.0.bias, rpn.head.conv.0.0.weight");
  DetectorInfo info{tiny_model(), true, {}, Json::object()};
  info.options.roi.box_features = 24;
  save_detector(other(), *network_, info);
  EXPECT_ERROR(load_other(), bad_input, "tensors of another shape: roi_heads.box_head.fc6.bias");
  info.options = tiny_model();
  info.options.backbone.layer4 = true;
  save_detector(other(), *network_, info);
  EXPECT_ERROR(load_other(), bad_input, "are missing");
}

TEST_F(DetectorFile, TorchvisionsOldNamesLoad) {
  save_other([](TensorFile& f) {
    TensorMap old;
    for (auto& [name, tensor] : f.tensors) {
      std::string n = name;
      for (const auto& [now, before] : std::vector<std::pair<std::string, std::string>>{
               {"rpn.head.conv.0.0.", "rpn.head.conv."},
               {"roi_heads.mask_head.0.0.", "roi_heads.mask_head.mask_fcn1."},
               {"inner_blocks.0.0.", "inner_blocks.0."},
               {"inner_blocks.1.0.", "inner_blocks.1."},
               {"layer_blocks.0.0.", "layer_blocks.0."},
               {"layer_blocks.1.0.", "layer_blocks.1."}}) {
        const size_t at = n.find(now);
        if (at != std::string::npos) n.replace(at, now.size(), before);
      }
      // What torchvision's checkpoints have besides, and a head for 91 classes.
      old[n] = n == "roi_heads.box_predictor.cls_score.weight" ? torch::zeros({91, 16}) : tensor;
    }
    old["backbone.body.bn1.num_batches_tracked"] = torch::zeros({}, torch::kLong);
    old["backbone.body.fc.weight"] = torch::zeros({2, 2});
    f = {old, {}};
  });
  torch::manual_seed(2);
  const auto fresh = make_network(tiny_model());
  const LoadReport report = initialise_from(other(), *fresh);
  EXPECT_TRUE(report.missing.empty()) << report.missing.front();
  EXPECT_EQ(report.unused, (std::vector<std::string>{"backbone.body.fc.weight"}));
  EXPECT_EQ(texts_of(report.mismatched),
            (std::vector<std::string>{
                "roi_heads.box_predictor.cls_score.weight: found [91, 16], expected [2, 16]"}));
  const TensorMap expected = named_tensors(*network_);
  for (const auto& [name, tensor] : named_tensors(*fresh)) {
    if (name != "roi_heads.box_predictor.cls_score.weight") {
      EXPECT_TRUE(torch::equal(tensor, expected.at(name))) << name;
    }
  }
}

TEST_F(DetectorFile, ABareResNetFillsTheBackbone) {
  save_other([](TensorFile& f) {
    TensorMap bare;
    const std::string prefix = "backbone.body.";
    for (auto& [name, tensor] : f.tensors) {
      if (name.starts_with(prefix)) bare[name.substr(prefix.size())] = tensor.to(torch::kBFloat16);
    }
    f = {bare, {}};
  });
  torch::manual_seed(2);
  const auto fresh = make_network(tiny_model());
  const LoadReport report = initialise_from(other(), *fresh);
  EXPECT_TRUE(report.unused.empty() && report.mismatched.empty());
  for (const std::string& name : report.missing)
    EXPECT_FALSE(name.starts_with("backbone.body.")) << name;
  EXPECT_EQ(report.loaded.size(), named_tensors(*fresh->backbone->body).size());
}

TEST_F(DetectorFile, AnotherResNetIsNoticed) {
  const BackboneOptions ours = tiny_model().backbone;
  BackboneOptions torchvisions = ours;
  torchvisions.stride_in_1x1 = false;
  torchvisions.bn_eps = 0;
  // A detector of ours says what it is.
  EXPECT_EQ(resnet_mismatch(path(), ours), "");
  const std::string text = resnet_mismatch(path(), torchvisions);
  EXPECT_NE(text.find("stride_in_1x1: found false, expected true"), std::string::npos) << text;
  EXPECT_NE(text.find("bn_eps: found 0, expected 1e-05"), std::string::npos) << text;
  // torchvision's files do not; their stride is in the 3x3, their epsilon 0 or 1e-5.
  save_other([](TensorFile& f) { f.metadata.clear(); });
  EXPECT_EQ(resnet_mismatch(other(), torchvisions), "");
  EXPECT_NE(resnet_mismatch(other(), ours).find("stride_in_1x1: found true, expected false"),
            std::string::npos);
  // Weights with the shipped file's metadata.
  save_other([](TensorFile& f) { f.metadata = {{"stride_in_1x1", "true"}, {"bn_eps", "1e-5"}}; });
  EXPECT_EQ(resnet_mismatch(other(), ours), "");
  save_other([](TensorFile& f) { f.metadata = {{"stride_in_1x1", "true"}, {"bn_eps", "1e-3"}}; });
  EXPECT_EQ(
      resnet_mismatch(other(), ours),
      other().string() + ": model.backbone.bn_eps: found 1e-05, expected 0.001 as in the file");
  save_other([](TensorFile& f) { f.metadata = {{"stride_in_1x1", "true"}, {"bn_eps", "small"}}; });
  EXPECT_ERROR(resnet_mismatch(other(), ours), bad_input, "other.safetensors: metadata: bn_eps");
}

TEST_F(DetectorFile, ATrainingGoesOnWithItsNetwork) {
  const auto options = fine_tuning(path().string());
  ASSERT_TRUE(options.has_value());
  DetectorTrainingOptions expected = training_preset("light");
  expected.model = tiny_model();
  EXPECT_EQ(to_json(*options), to_json(expected));
  EXPECT_EQ(network_words(tiny_model(), path()),
            "network: mask_rcnn (light), 64 px, levels P3 to P6, as " + path().string());
  DetectorOptions other_anchors = tiny_model();
  other_anchors.anchors.ratios = {0.5, 1, 2};  // as many, so all tensors fit
  EXPECT_EQ(network_words(other_anchors, path()),
            "network: mask_rcnn (light), 64 px, levels P3 to P6; not as " + path().string() +
                ": model.anchors.ratios: found [0.5,1.0,2.0], expected [0.7,1.0,1.4]");
  EXPECT_NE(network_words(detector_preset("light", "retinanet"), path())
                .find("arch: found \"retinanet\", expected \"mask_rcnn\""),
            std::string::npos);
  // Of others nothing but weights is known.
  save_other([](TensorFile& f) { f.metadata.clear(); });
  EXPECT_FALSE(fine_tuning(other().string()).has_value());
  EXPECT_FALSE(fine_tuning("imagenet").has_value());
  EXPECT_FALSE(fine_tuning((*folder_ / "none.safetensors").string()).has_value());
  EXPECT_EQ(network_words(tiny_model(), other()),
            "network: mask_rcnn (light), 64 px, levels P3 to P6");
}

DetectorTrainingOptions tiny_training() {
  DetectorTrainingOptions options;
  options.model = tiny_model();
  options.init = "random";
  options.stages = {"all"};
  options.lengths = {1};
  options.batch = 1;
  options.calibration_images = 2;
  options.precision = "fp32";
  options.schedule.warmup_steps = 1;
  options.schedule.learning_rate = 0.002;
  options.log_every = 1;
  options.checkpoint_every = 100;
  return options;
}

struct CancelAt : Progress {
  explicit CancelAt(int64_t step) : step(step) {}
  void start(const std::string& label, int64_t) override { training = label == "training"; }
  void advance(int64_t done, const std::string&) override {
    if (training && done == step) request_cancel();
  }
  int64_t step;
  bool training = false;
};

TrainingRun train(const Cohort& cohort, const DetectorTrainingOptions& options,
                  const std::filesystem::path& run, int64_t cancel_at = -1, uint64_t seed = 7,
                  const ValidationScore& score = {}) {
  std::filesystem::create_directories(run);
  CancelAt progress(cancel_at);
  const fs::path file = options.init == "random" ? fs::path() : fs::path(options.init);
  return train_detector(cohort, options, {file, score}, RunFolder(run), {seed, 2, "cpu", progress});
}

TensorMap trained(const TrainingRun& run) { return load_tensors(run.model).tensors; }

// Largest difference of any tensor.
double difference(const TensorMap& a, const TensorMap& b) {
  double largest = a.size() == b.size() ? 0 : std::numeric_limits<double>::infinity();
  for (const auto& [name, tensor] : a)
    largest = std::max(largest, largest_difference(tensor, b.at(name)));
  return largest;
}

// Four steps in two stages from a file of other patients, cancelled in each stage, end as if they
// had run in one go; then the model detects.
TEST(TrainDetector, SlowResumedTrainingIsTheUninterruptedOne) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  Cohort earlier = test_cohort(folder / "earlier");
  for (ImageRecord& image : earlier.images) image.patient_id += "-earlier";

  const TrainingRun first = train(earlier, tiny_training(), folder / "first");
  EXPECT_EQ(first.steps, 1);
  DetectorTrainingOptions options = tiny_training();
  options.init = first.model.string();
  options.stages = {"heads", "stage4"};
  options.lengths = {2, 2};
  const TrainingRun whole = train(cohort, options, folder / "whole");
  EXPECT_EQ(whole.steps, 4);
  const std::filesystem::path run = folder / "resumed";
  EXPECT_ERROR(train(cohort, options, run, 1), cancelled, "stopped after 1 of 4 steps");
  clear_cancel();
  EXPECT_FALSE(std::filesystem::exists(run / "model.safetensors"));
  EXPECT_ERROR(train(cohort, options, run, 3), cancelled, "stopped after 3 of 4 steps");
  clear_cancel();
  EXPECT_EQ(train(cohort, options, run).steps, 1);
  EXPECT_TRUE(read_file(run / "model.safetensors") == read_file(whole.model)) << "bit for bit";
  EXPECT_EQ(read_file(run / "log.jsonl"), read_file(folder / "whole" / "log.jsonl"));
  EXPECT_EQ(train(cohort, options, run).steps, 0) << "all done";
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
  EXPECT_ERROR(train(cohort, changed, run), usage, "not the run that was begun here (options.");
  EXPECT_ERROR(train(cohort, options, run, -1, 8), usage,
               "not the run that was begun here (seed: found 7");
  Cohort smaller = cohort;
  smaller.annotations[0].bbox.x1 -= 1;
  EXPECT_ERROR(train(smaller, options, run), usage, "not the run that was begun here (input: ");

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
  const Detector once = Detector::load(whole.model, {.precision = "fp32", .device = "cpu"});
  const cv::Mat pixels = read_pixels(cohort, cohort.images[0]);
  for (int axes : {1, 0, -1}) {
    cv::Mat turned;
    cv::flip(pixels, turned, axes);
    const auto straight = mirrors.detect(pixels), flipped = mirrors.detect(turned);
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

// One image, never changed, all of whose anchors and RoIs are looked at: every batch is the same.
DetectorTrainingOptions same_batch_training() {
  DetectorTrainingOptions options = tiny_training();
  options.augment = {1, 1, 0, 0, false, false, 0, 0};
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
  const TensorMap once = trained(train(cohort, options, folder / "once"));
  options.accumulate = 3;
  const TensorMap thrice = trained(train(cohort, options, folder / "thrice"));
  options.accumulate = 1;
  options.lengths = {1};
  const TensorMap less = trained(train(cohort, options, folder / "less"));
  const double step = difference(once, less);
  EXPECT_GT(step, 1e-4);
  EXPECT_LT(difference(once, thrice), 0.02 * step) << "rounding, which Winograd's products enlarge";
}

TEST(TrainDetector, SlowTheAverageFollowsTheWeights) {
  const TestFolder folder;
  Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = tiny_training();
  options.schedule.decay = "constant";
  options.ema_decay = 0;
  std::vector<TensorMap> states;
  for (const double length : {1, 2, 3}) {
    options.lengths = {length};
    states.push_back(trained(train(cohort, options, folder / std::to_string(length))));
  }
  options.ema_decay = 0.6;
  const TensorMap average = trained(train(cohort, options, folder / "average"));
  const std::string name = "roi_heads.box_head.fc6.weight";
  // Weights .6^2, .6, 1, over their sum.
  const torch::Tensor expected =
      (0.36 * states[0].at(name) + 0.6 * states[1].at(name) + states[2].at(name)) / 1.96;
  EXPECT_LT(largest_difference(average.at(name), expected), 1e-6);
  EXPECT_GT(largest_difference(average.at(name), states[2].at(name)), 1e-5);
}

// Five patients with a mass and five without, a fifth of each held out.
Cohort cohort_to_divide(const std::filesystem::path& folder) {
  Cohort cohort;
  cohort.folder = folder;
  std::filesystem::create_directories(folder);
  cohort.categories = {{1, "mass"}};
  for (int i = 0; i < 5; ++i) add_test_image(cohort, Status::mass);
  for (int i = 0; i < 5; ++i) add_test_image(cohort, Status::normal);
  return cohort;
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
  std::set<std::string> seen;
  const std::vector<double> scores = {0.2, 0.9, 0.9};
  int64_t asked = 0;
  const auto score = [&](const Cohort& truth, const std::vector<Detection>& detections) {
    for (const ImageRecord& image : truth.images) seen.insert(image.patient_id);
    EXPECT_FALSE(detections.empty());
    return scores[asked++];
  };
  const TrainingRun run = train(cohort, options, folder / "run", -1, 7, score);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(run.best_step, 2) << "of equals the first";
  EXPECT_EQ(seen.size(), 2u) << "one patient with a mass and one without";
  EXPECT_EQ(read_detector_info(run.model).training["best_step"], 2);
  EXPECT_EQ(read_detector_info(run.model).patients_hashed.size(), 10u) << "choosing is learning";

  // It is the state of a training that ends there; and a killed one ends the same.
  options.lengths = {2};
  asked = 0;
  const TrainingRun shorter = train(cohort, options, folder / "shorter", -1, 7, score);
  EXPECT_EQ(difference(trained(run), trained(shorter)), 0);
  options.lengths = {3};
  asked = 0;
  const auto again = folder / "again";
  EXPECT_ERROR(train(cohort, options, again, 2, 7, score), cancelled, "stopped after 2 of 3");
  clear_cancel();
  const TrainingRun resumed = train(cohort, options, again, -1, 7, score);
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
  const TrainingRun shorter = train(cohort, options, folder / "shorter");
  options.lengths = {4};
  options.keep_at = {2, 4};
  options.checkpoint_every = 1;
  const TrainingRun whole = train(cohort, options, folder / "whole");
  const fs::path kept = folder / "whole" / "model-2.safetensors";
  EXPECT_EQ(difference(load_tensors(kept).tensors, trained(shorter)), 0);
  EXPECT_EQ(
      difference(load_tensors(folder / "whole" / "model-4.safetensors").tensors, trained(whole)), 0)
      << "nothing was validated: the last state is the model";
  EXPECT_GT(difference(load_tensors(kept).tensors, trained(whole)), 0);
  const DetectorInfo info = read_detector_info(kept), last = read_detector_info(whole.model);
  EXPECT_EQ(info.patients_hashed, last.patients_hashed);
  EXPECT_EQ(info.masks, last.masks);
  EXPECT_EQ(info.training["steps"], 2);
  EXPECT_EQ(info.training["steps_of"], 4);

  const fs::path run = folder / "resumed";
  for (const int64_t cancel_at : {1, 3}) {
    EXPECT_ERROR(train(cohort, options, run, cancel_at), cancelled, "of 4 steps");
    clear_cancel();
    EXPECT_EQ(fs::exists(run / "model-2.safetensors"), cancel_at == 3);
  }
  EXPECT_EQ(train(cohort, options, run).steps, 1);
  for (const char* name : {"model-2.safetensors", "model-4.safetensors", "model.safetensors"})
    EXPECT_TRUE(read_file(run / name) == read_file(folder / "whole" / name)) << name;

  for (const std::vector<double>& wrong : {std::vector<double>{5}, {0}, {2, 2}}) {
    options.keep_at = wrong;
    EXPECT_ERROR(train(cohort, options, folder / "wrong"), usage, "keep_at: found");
  }
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
                        {7, 2, "cpu", progress});
}

TEST(TrainDetector, SlowFreshGraftsResumeAndNameTheirPatients) {
  const TestFolder folder;
  const Cohort cohort = cohort_to_divide(folder / "cohort");
  DetectorTrainingOptions options = validated_training();
  options.lengths = {4};
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

TEST(ValidationSplit, KeepsPatientsWhole) {
  const TestFolder folder;
  Cohort cohort = cohort_to_divide(folder / "cohort");
  const ValidationOptions options = validated_training().validation;
  const Cohort held_out = split_validation(cohort, options, 7).validation;
  ASSERT_EQ(held_out.images.size(), 2u);
  EXPECT_EQ(held_out.annotations.size(), 1u);
  // A graft of a held-out patient's lesion is in neither part.
  ImageRecord graft = cohort.images[0];
  graft.id = 100;
  graft.patient_id = "test/synthetic";
  graft.source = {.method = "pie",
                  .lesion = Provenance::Lesion{{"l.png", held_out.images[0].patient_id}, 1}};
  cohort.images.push_back(graft);
  const ValidationSplit split = split_validation(cohort, options, 7);
  EXPECT_EQ(split.training.images.size(), 8u);
  EXPECT_EQ(split.validation.images.size(), 2u);
  // Too few to choose by: nothing is held out.
  ValidationOptions more = options;
  more.least_with_mass = 2;
  EXPECT_TRUE(split_validation(cohort, more, 7).validation.images.empty());
  EXPECT_EQ(split_validation(cohort, more, 7).training.images.size(), 11u);
  more.share = 1;
  EXPECT_ERROR(split_validation(cohort, more, 7), usage, "validation.share: found 1");
}

TEST(TrainDetector, BoxesAloneTeachNoMasks) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort", MaskOrigin::box);
  const TrainingRun run = train(cohort, tiny_training(), folder / "run");
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
  EXPECT_ERROR(train(cohort, options, folder / "a"), usage, "1 stages and 2 lengths");
  options.lengths = {1};
  options.stages = {"stage9"};
  EXPECT_ERROR(train(cohort, options, folder / "b"), usage, "stage9");
  options.stages = {"all"};
  options.init = (folder / "none.safetensors").string();
  EXPECT_ERROR(train(cohort, options, folder / "c"), io, "none.safetensors");
  save_tensors(folder / "stranger.safetensors", {{{"x", torch::zeros({2})}}, {}});
  options.init = (folder / "stranger.safetensors").string();
  EXPECT_ERROR(train(cohort, options, folder / "d"), bad_input, "no tensor fits");
  // A run that failed before its first checkpoint binds nobody.
  EXPECT_EQ(train(cohort, tiny_training(), folder / "d").steps, 1);
}

// The one-stage network: cancelled and resumed it ends as if it had run in one go; then it detects.
TEST(TrainDetector, SlowResumedRetinaNetIsTheUninterruptedOne) {
  const TestFolder folder;
  const Cohort cohort = test_cohort(folder / "cohort");
  DetectorTrainingOptions options = tiny_training();
  options.model = tiny_retina();
  options.ema_decay = 0;  // too short a training to be averaged
  options.lengths = {3};
  const TrainingRun whole = train(cohort, options, folder / "whole");
  const std::filesystem::path run = folder / "resumed";
  EXPECT_ERROR(train(cohort, options, run, 1), cancelled, "stopped after 1 of 3 steps");
  clear_cancel();
  EXPECT_EQ(train(cohort, options, run).steps, 2);
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
  const TrainingRun run = train(cohort, options, folder / "run");
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
