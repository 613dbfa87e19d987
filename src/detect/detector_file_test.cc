// Detectors on disk: ours, torchvision's, and files that are neither.
#include "detect/detector_file.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "core/files.h"
#include "core/testing.h"
#include "detect/detector.h"
#include "detect/make_network.h"
#include "detect/training_testing.h"

namespace mammograft {
namespace {

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
  static void save_described(const std::function<void(Json& detector)>& change) {
    save_other([&](TensorFile& f) {
      Json detector = Json::parse(f.metadata["detector"]);
      change(detector);
      f.metadata["detector"] = detector.dump();
    });
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

// As somebody may have edited them.
TEST_F(DetectorFile, OptionsOutOfRangeAreNamed) {
  const auto refused = [](const char* group, const char* name, const Json& value,
                          const std::string& words) {
    save_described([&](Json& detector) { detector["options"][group][name] = value; });
    const std::string where = other().string() + ": metadata: detector: options: ";
    EXPECT_ERROR(load_other(), bad_input, where + words);
    EXPECT_ERROR(read_detector_info(other()), bad_input, where + words);
  };
  refused("roi", "nms_iou", 7, "model.roi.nms_iou: found 7, expected 0 to 1");
  refused("backbone", "fpn_channels", 0,
          "model.backbone.fpn_channels: found 0, expected 1 or more");
  refused("anchors", "sizes_per_level", 1, "model.anchors.sizes: found 8, expected 4");
  save_described([](Json& detector) { detector["classes"] = 1; });
  EXPECT_ERROR(load_other(), bad_input, "detector: classes: expected 2 or more, found 1");
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
  save_described([](Json& detector) {
    EXPECT_EQ(detector["arch"], "mask_rcnn");
    detector.erase("arch");
    detector["options"].erase("retina");
    detector["options"]["backbone"].erase("last_level");
  });
  DetectorInfo info;
  const auto loaded = load_detector(other(), &info);
  EXPECT_EQ(info.options.arch, "mask_rcnn");
  EXPECT_TRUE(loaded->has_masks());
  EXPECT_EQ(to_json(info.options), to_json(tiny_model()));
  save_described([](Json& detector) { detector["arch"] = "yolo"; });
  EXPECT_ERROR(load_other(), bad_input, "arch: expected mask_rcnn or retinanet, found \"yolo\"");
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
  save_described([](Json& detector) { detector["arch"] = "retinanet"; });
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

}  // namespace
}  // namespace mammograft
