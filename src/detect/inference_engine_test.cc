// OpenVINO's maps against LibTorch's, the calibration, and what the options refuse.
#include "detect/inference_engine.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/testing.h"
#include "detect/detector.h"
#include "detect/detector_file.h"
#include "detect/int8_calibration.h"
#include "detect/make_network.h"
#include "detect/mask_rcnn.h"
#include "detect/roi_bins.h"
#include "detect/testing.h"
#include "nn/openvino_network.h"

namespace mammograft {
namespace {

constexpr const char* kLightWithP2 = "light with P2";

DetectorOptions named_options(const std::string& name, const std::string& arch = "mask_rcnn") {
  if (name != kLightWithP2) return detector_preset(name, arch);
  DetectorOptions options = detector_preset("light", arch);
  options.backbone.p2 = true;
  options.anchors.sizes = {14, 19, 29, 38, 58, 77, 109, 154, 205, 260};
  return options;
}

std::shared_ptr<DetectionNetwork> network_of(const std::string& name) {
  torch::manual_seed(5);
  DetectorOptions options = named_options(name);
  options.backbone.fpn_channels = 32;  // small, so that the test is fast
  options.input.long_side_px = 96;
  const auto network = make_network(options);
  network->eval();
  for (torch::Tensor& parameter : network->parameters()) parameter.set_requires_grad(false);
  // Norms that do something: an identity would hide a mistake in folding them.
  const torch::NoGradGuard no_grad;
  for (auto& buffer : network->named_buffers()) {
    if (buffer.key().find("running_mean") != std::string::npos) buffer.value().normal_(0, 0.05);
    if (buffer.key().find("running_var") != std::string::npos) buffer.value().uniform_(0.8, 1.6);
  }
  return network;
}

torch::Tensor image_of(int64_t height, int64_t width, uint64_t seed) {
  const torch::Tensor coarse = noise({1, 1, height / 8, width / 8}, seed) * 0.5 + 0.5;
  return torch::upsample_bilinear2d(coarse, {height, width}, /*align_corners=*/false);
}

double relative_error(const torch::Tensor& found, const torch::Tensor& expected) {
  if (found.sizes() != expected.sizes()) return std::numeric_limits<double>::infinity();
  const torch::Tensor difference = found.to(torch::kFloat) - expected;
  return (difference.norm() / expected.norm()).item<double>();
}

// The largest of all maps.
double relative_error(const std::vector<torch::Tensor>& found,
                      const std::vector<torch::Tensor>& expected) {
  EXPECT_EQ(found.size(), expected.size());
  double largest = 0;
  for (size_t i = 0; i < expected.size(); ++i)
    largest = std::max(largest, relative_error(found[i], expected[i]));
  return largest;
}

// A plan run by LibTorch's plain operations, node by node.
std::vector<torch::Tensor> run_plan(const ConvPlan& plan, const torch::Tensor& input) {
  using Kind = PlanNode::Kind;
  std::vector<torch::Tensor> values;
  for (const PlanNode& node : plan.nodes) {
    const auto of = [&](int place) { return values.at(static_cast<size_t>(place)); };
    const auto weight = [&](at::IntArrayRef shape) {
      return torch::tensor(node.weight).view(shape);
    };
    torch::Tensor y;
    if (node.kind == Kind::image) {
      const torch::Tensor mean = torch::tensor({0.485f, 0.456f, 0.406f}).view({1, 3, 1, 1});
      y = (input - mean) / torch::tensor({0.229f, 0.224f, 0.225f}).view({1, 3, 1, 1});
    } else if (node.kind == Kind::regions) {
      y = input;
    } else if (node.kind == Kind::convolution) {
      y = torch::conv2d(of(node.input), weight(node.shape), torch::tensor(node.bias), node.stride,
                        node.padding);
      if (node.other >= 0) y = y + of(node.other);
    } else if (node.kind == Kind::max_pool) {
      y = torch::max_pool2d(of(node.input), 3, 2, 1);
    } else if (node.kind == Kind::every_second) {
      y = of(node.input).slice(2, 0, {}, 2).slice(3, 0, {}, 2);
    } else if (node.kind == Kind::relu) {
      y = of(node.input).relu();
    } else if (node.kind == Kind::add_upsampled) {
      y = of(node.input) + of(node.other).repeat_interleave(2, 2).repeat_interleave(2, 3);
    } else if (node.kind == Kind::linear) {
      y = torch::linear(of(node.input).flatten(1), weight({node.shape[0], node.shape[1]}),
                        torch::tensor(node.bias));
    } else {
      y = torch::conv_transpose2d(of(node.input), weight(node.shape), torch::tensor(node.bias),
                                  node.stride);
    }
    values.push_back(node.relu ? y.relu() : y);
  }
  std::vector<torch::Tensor> outputs;
  for (const PlanOutput& output : plan.outputs)
    outputs.push_back(values[static_cast<size_t>(output.node)]);
  return outputs;
}

cv::Mat pixels_of(int height, int width, uint64_t seed) {
  const torch::Tensor image = image_of(height, width, seed) * 60000;
  const cv::Mat grey(height, width, CV_32FC1, image.data_ptr<float>());
  cv::Mat pixels;
  grey.convertTo(pixels, CV_16U);
  return pixels;
}

#define NEED_OPENVINO() \
  if (openvino_version().empty()) GTEST_SKIP() << "a build without OpenVINO"

TEST(ConvPlan, GivesTheNetworksMaps) {
  const torch::NoGradGuard no_grad;
  for (const char* name : {"light", kLightWithP2, "torchvision"}) {
    const auto network = network_of(name);
    const torch::Tensor image = image_of(96, 64, 7);
    EXPECT_LT(relative_error(run_plan(network->plan(), image), network->maps(image, torch::kFloat)),
              1e-4);
  }
}

TEST(ConvPlan, GivesWhatTheHeadsSayOfRegions) {
  const torch::NoGradGuard no_grad;
  const auto network = network_of("light");
  auto& heads = *dynamic_cast<MaskRcnn&>(*network).roi_heads;
  const std::map<std::string, ConvPlan> plans = network->head_plans();
  const torch::Tensor box = noise({5, 32, kBoxBins, kBoxBins}, 3);
  const torch::Tensor mask = noise({5, 32, kMaskBins, kMaskBins}, 4);
  const torch::Tensor hidden = heads.box_head(box);
  EXPECT_LT(
      relative_error(run_plan(plans.at("box_head"), box), {heads.box_predictor->cls_score(hidden),
                                                           heads.box_predictor->bbox_pred(hidden)}),
      1e-5);
  EXPECT_LT(relative_error(run_plan(plans.at("mask_head"), mask),
                           {heads.mask_predictor(heads.mask_head(mask))}),
            1e-5);
}

// Needs no OpenVINO: a plan has one output for each of the network's maps, of as many channels.
TEST(ConvPlan, HasEveryMapOfEveryNetwork) {
  for (const char* preset : {"light", kLightWithP2, "torchvision", "paper"}) {
    for (const char* arch : {"mask_rcnn", "retinanet"}) {
      DetectorOptions options = named_options(preset, arch);
      options.backbone.fpn_channels = 8;
      const auto network = make_network(options);
      const torch::NoGradGuard no_grad;
      const std::vector<torch::Tensor> maps =
          network->maps(torch::zeros({1, 1, 128, 128}), torch::kFloat);
      const std::vector<int> strides = options.strides();
      ASSERT_EQ(maps.size() % strides.size(), 0u) << preset << " " << arch;
      for (size_t i = 0; i < maps.size(); ++i) {
        EXPECT_EQ(maps[i].size(2), 128 / strides[i % strides.size()]) << preset << " " << arch;
      }
      EXPECT_EQ(network->find(maps, 128, 128, /*with_masks=*/false, 0).size(), 1u);
      const ConvPlan plan = network->plan();
      ASSERT_EQ(plan.outputs.size(), maps.size()) << preset << " " << arch;
      for (size_t i = 0; i < maps.size(); ++i) {
        const PlanNode& node = plan.nodes[static_cast<size_t>(plan.outputs[i].node)];
        if (node.kind != PlanNode::Kind::convolution) continue;
        EXPECT_EQ(node.shape[0], maps[i].size(1)) << preset << " " << arch << ": " << node.name;
      }
    }
  }
}

class OpenVino : public ::testing::TestWithParam<const char*> {};

TEST_P(OpenVino, GivesTheMapsOfLibTorch) {
  NEED_OPENVINO();
  const auto network = network_of(GetParam());
  const auto torch = torch_engine(*network, torch::kFloat);
  const auto fp32 = openvino_engine(*network, torch::kFloat, 1);
  const auto bf16 = openvino_engine(*network, torch::kBFloat16, 1);
  for (const auto& [height, width] : {std::pair{96, 64}, std::pair{64, 96}, std::pair{96, 64}}) {
    const torch::Tensor image = image_of(height, width, static_cast<uint64_t>(height));
    const std::vector<torch::Tensor> expected = torch->maps(image);
    EXPECT_LT(relative_error(fp32->maps(image), expected), 1e-4);
    const std::vector<torch::Tensor> rounded = bf16->maps(image);
    EXPECT_LT(relative_error(rounded, expected), 0.05);
    EXPECT_GT(relative_error(rounded, expected), 1e-5) << "bf16 rounds nothing";
    EXPECT_EQ(rounded.front().scalar_type(), torch::kBFloat16);
    EXPECT_EQ(rounded.back().scalar_type(), torch::kFloat);
  }
}

TEST_P(OpenVino, CalibratedInt8IsCloseAndRunsInInt8) {
  NEED_OPENVINO();
  const TestFolder folder;
  const auto network = network_of(GetParam());
  const fs::path model = folder / "model.safetensors";
  save_detector(model, *network, {network->options, false, PatientSet::of({"of-training"}), {}});
  std::vector<SearchItem> items;
  for (int i = 0; i < 3; ++i)
    items.push_back({i, "a", [i] { return pixels_of(96, 64, static_cast<uint64_t>(i)); }, {}, {}});
  Progress silent;
  const Int8Calibration calibration = calibrate_int8(model, items, 1, silent);
  EXPECT_EQ(calibration.images, 3);
  const torch::Tensor image = image_of(96, 64, 7);
  const std::vector<torch::Tensor> expected = torch_engine(*network, torch::kFloat)->maps(image);
  const auto int8 = openvino_int8_engine(*network, calibration.ranges, 1);
  const double error = relative_error(int8->maps(image), expected);
  EXPECT_LT(error, 0.25);
  EXPECT_GT(error, 1e-3) << "int8 rounds nothing";

  OpenVinoNetwork plain(network->plan(), "int8", calibration.ranges, 1);
  plain.run(image.data_ptr<float>(), 96, 64);
  const std::vector<std::string> kernels = plain.convolution_kernels();
  EXPECT_GE(kernels.size(), 50u);
  for (const std::string& kernel : kernels)
    EXPECT_NE(kernel.find("I8"), std::string::npos) << kernel;

  ActivationRanges incomplete = calibration.ranges;
  incomplete.erase("image");
  const auto broken = openvino_int8_engine(*network, incomplete, 1);
  EXPECT_ERROR(broken->maps(image), bad_input, "no range for 'image'");
}

INSTANTIATE_TEST_SUITE_P(Presets, OpenVino, ::testing::Values("light", "torchvision"));

TEST(OpenVinoSizes, MoreThanStayCompiled) {
  NEED_OPENVINO();
  const auto network = network_of("light");
  const auto engine = openvino_engine(*network, torch::kFloat, 1);
  const torch::Tensor image = image_of(64, 64, 1);
  const torch::Tensor before = engine->maps(image)[0].clone();
  for (int64_t width = 96; width <= 32 * 16; width += 32) engine->maps(image_of(64, width, 1));
  EXPECT_EQ(largest_difference(engine->maps(image)[0], before), 0);
}

TEST(OpenVinoDetector, FindsWhatLibTorchFinds) {
  NEED_OPENVINO();
  const TestFolder folder;
  const auto network = network_of("light");
  network->options.input.crop = false;  // 128 x 128: both engines take it as it is
  network->options.input.long_side_px = 128;
  const fs::path model = folder / "model.safetensors";
  save_detector(model, *network, {network->options, false, PatientSet::of({"of-training"}), {}});
  RuntimeOptions runtime{.precision = "fp32", .threads = 1};
  const cv::Mat pixels = pixels_of(128, 128, 2);
  const auto expected = Detector::load(model, runtime).detect(pixels);
  runtime.engine = "openvino";
  const Detector detector = Detector::load(model, runtime);
  const auto found = detector.detect(pixels);
  ASSERT_FALSE(expected.empty());
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i].score, expected[i].score, 1e-4);
  EXPECT_EQ(detector.description().at("engine"), openvino_version() + ", fp32");
}

TEST(OpenVinoDetector, CarriesThePatientsOfItsCalibration) {
  NEED_OPENVINO();
  const TestFolder folder;
  const auto network = network_of("light");
  const fs::path model = folder / "model.safetensors", file = folder / "calibration.json";
  save_detector(model, *network, {network->options, false, PatientSet::of({"of-training"}), {}});
  Progress silent;
  const std::vector<SearchItem> items{{1, "a", [] { return pixels_of(96, 64, 1); }, {}, {}}};
  Int8Calibration calibration = calibrate_int8(model, items, 1, silent);
  calibration.patients_hashed.insert("of-calibration");
  write_calibration(file, calibration);
  const Detector detector =
      Detector::load(model, {.precision = "int8", .engine = "openvino", .calibration = file});
  EXPECT_EQ(detector.patients_hashed(), PatientSet::of({"of-calibration", "of-training"}));
  EXPECT_FALSE(detector.detect(pixels_of(96, 64, 2)).empty());
}

TEST(Int8Calibration, IsReadAsItWasWrittenAndOnlyForItsModel) {
  const TestFolder folder;
  const fs::path model = folder / "model", other = folder / "other", file = folder / "c.json";
  write_file(model, "weights");
  write_file(other, "other weights");
  const Int8Calibration written{hash_hex("weights"),
                                4,
                                PatientSet::of({"p"}),
                                {{"a", {2.5, true}}, {"b of level 0", {1, false}}}};
  write_calibration(file, written);
  const Int8Calibration read = read_calibration(file, model);
  EXPECT_EQ(read.images, 4);
  EXPECT_EQ(read.patients_hashed, written.patients_hashed);
  ASSERT_EQ(read.ranges.size(), 2u);
  EXPECT_EQ(read.ranges.at("a").limit, 2.5);
  EXPECT_TRUE(read.ranges.at("a").negative);
  EXPECT_FALSE(read.ranges.at("b of level 0").negative);
  EXPECT_ERROR(read_calibration(file, other), bad_input, "made for another detector");

  Int8Calibration bad = written;
  bad.ranges["a"].limit = 0;
  write_calibration(file, bad);
  EXPECT_ERROR(read_calibration(file, model), bad_input, "limit");
  write_file(file, "{\"kind\": \"report\"}");
  EXPECT_ERROR(read_calibration(file, model), bad_input, "kind");
}

TEST(Int8Calibration, OptionsThatDoNotGoTogether) {
  const auto load = [](const RuntimeOptions& runtime) { Detector::load("no.such", runtime); };
  EXPECT_ERROR(load({.precision = "int8"}), usage, "--engine openvino");
  EXPECT_ERROR(load({.precision = "int8", .engine = "openvino"}), usage, "--calibration");
  EXPECT_ERROR(load({.precision = "bf16", .engine = "openvino", .calibration = "c.json"}), usage,
               "expected the precision int8");
  EXPECT_ERROR(load({.engine = "onnx"}), usage, "expected torch or openvino");
}

// The largest sum that bytes can have: 64 products of the largest weight and the largest value.
// Processors without VNNI would give half of it.
TEST(OpenVinoNetwork, LargeSumsOfInt8DoNotSaturate) {
  NEED_OPENVINO();
  ConvPlan plan;
  plan.nodes.push_back({.name = "image"});
  PlanNode ones{.name = "ones", .kind = PlanNode::Kind::convolution, .input = 0};
  ones.shape = {64, 3, 1, 1};
  ones.weight.assign(64 * 3, 0);
  ones.bias.assign(64, 1);
  PlanNode sums{.name = "sums", .kind = PlanNode::Kind::convolution, .input = 1};
  sums.shape = {32, 64, 1, 1};
  sums.weight.assign(32 * 64, 0.5);
  sums.bias.assign(32, 0);
  plan.nodes.insert(plan.nodes.end(), {ones, sums});
  plan.outputs = {{2, /*exact=*/true}};
  OpenVinoNetwork network(plan, "int8", {{"image", {3, true}}, {"ones", {1, false}}}, 1);
  const std::vector<float> image(64 * 64, 0.5f);
  const std::vector<PlanMap> maps = network.run(image.data(), 64, 64);
  const auto* sum = static_cast<const float*>(maps.at(0).data);
  EXPECT_NEAR(sum[0], 32, 0.6);
  EXPECT_NEAR(sum[64 * 64 * 32 - 1], 32, 0.6);
}

TEST(OpenVinoNetwork, ABuildWithoutItSaysWhatToDo) {
  if (!openvino_version().empty()) GTEST_SKIP() << "a build with OpenVINO";
  EXPECT_ERROR(OpenVinoNetwork({}, "fp32", {}, 1), usage, "MAMMOGRAFT_OPENVINO=1");
}

}  // namespace
}  // namespace mammograft
