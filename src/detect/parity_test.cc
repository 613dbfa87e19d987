// The `torchvision` preset against torchvision's own Mask R-CNN R50-FPN, stage by stage from the
// same input, in inference and in training. What torchvision says comes from
// tests/golden/detect/make_parity.py: as samples in a golden file, which is here always, and as
// whole tensors of a larger case in a folder, which tests/torchvision_parity.py makes where
// torchvision is installed.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "core/json.h"
#include "core/testing.h"
#include "detect/detector_file.h"
#include "detect/mask_rcnn.h"
#include "detect/roi_align.h"
#include "detect/testing.h"
#include "nn/testing.h"

namespace mammograft {
namespace {

constexpr double kIntermediate = 1e-4;            // of the largest value
constexpr double kLoss = 1e-4, kGradient = 1e-3;  // relative
// Of the ResNet in the small case. Rounding turns the sign of a few activations, and of C5's 160
// pixels one is enough: torchvision's own gradients in fp32 are up to 2.7e-3 from those in fp64.
constexpr double kFewPixels = 5e-3;
constexpr double kBoxPx = 0.01, kScore = 1e-4, kMask = 1e-3;

// What torchvision says in one case.
class Reference {
 public:
  explicit Reference(Json json, TensorMap tensors = {})
      : json_(std::move(json)), tensors_(std::move(tensors)) {
    if (!json_.contains("tensors")) return;
    for (const auto& [name, tensor] : json_["tensors"].items()) {
      if (tensor.contains("values")) {
        tensors_[name] = tensor_of(tensor);
      } else {
        summaries_[name] = tensor;
      }
    }
  }

  const Json& json(const char* key) const { return json_.at(key); }
  bool whole(const std::string& name) const { return tensors_.count(name) > 0; }
  const torch::Tensor& at(const std::string& name) const { return tensors_.at(name); }
  // "proposals" -> the boxes of each image
  std::vector<torch::Tensor> boxes(const std::string& start, const std::string& end) const {
    std::vector<torch::Tensor> boxes;
    for (int n = 0; whole(start + std::to_string(n) + end); ++n)
      boxes.push_back(at(start + std::to_string(n) + end));
    return boxes;
  }
  std::vector<std::string> names(const std::string& start) const {
    std::vector<std::string> names;
    for (const auto& item : tensors_)
      if (item.first.starts_with(start)) names.push_back(item.first);
    for (const auto& item : summaries_)
      if (item.first.starts_with(start)) names.push_back(item.first);
    return names;
  }

  // How far `value` is from torchvision's: the largest difference over the largest value. Of a
  // summary: samples in that unit, the norm, and the product with noise over the norm.
  double difference(const std::string& name, const torch::Tensor& value) const {
    if (shape(name) != value.sizes().vec()) return std::numeric_limits<double>::infinity();
    const torch::Tensor v = flat(value);
    if (whole(name)) {
      const torch::Tensor expected = flat(at(name));
      return ((v - expected).abs().max() / expected.abs().max()).item<double>();
    }
    const Json& summary = summaries_.at(name);
    double worst = difference_of_norms(name, v);
    for (const Json& sample : summary["samples"]) {
      worst = std::max(
          worst, std::abs(v[sample[0].get<int64_t>()].item<double>() - sample[1].get<double>()) /
                     summary["largest"].get<double>());
    }
    return worst;
  }

  // The norm of the difference over the norm; of a summary: the norm, and the product with noise.
  double relative_norm(const std::string& name, const torch::Tensor& value) const {
    if (shape(name) != value.sizes().vec()) return std::numeric_limits<double>::infinity();
    const torch::Tensor v = flat(value);
    if (!whole(name)) return difference_of_norms(name, v);
    const torch::Tensor expected = flat(at(name));
    return ((v - expected).norm() / expected.norm()).item<double>();
  }

  void expect_close(const std::string& name, const torch::Tensor& value, double tolerance) const {
    expect_small(name, difference(name, value), tolerance);
  }
  void expect_close_in_norm(const std::string& name, const torch::Tensor& value,
                            double tolerance) const {
    expect_small(name, relative_norm(name, value), tolerance);
  }

 private:
  static torch::Tensor flat(const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kDouble).contiguous().flatten();
  }
  std::vector<int64_t> shape(const std::string& name) const {
    return whole(name) ? at(name).sizes().vec()
                       : summaries_.at(name)["shape"].get<std::vector<int64_t>>();
  }
  double difference_of_norms(const std::string& name, const torch::Tensor& v) const {
    const Json& summary = summaries_.at(name);
    const double norm = summary["norm"].get<double>(), product = summary["product"].get<double>();
    return std::max(std::abs(v.norm().item<double>() - norm),
                    std::abs(v.dot(golden_noise(name, v.sizes())).item<double>() - product)) /
           norm;
  }
  static void expect_small(const std::string& name, double found, double tolerance) {
    if (std::getenv("MAMMOGRAFT_PARITY_VERBOSE")) fmt::print("{:60} {:.1e}\n", name, found);
    EXPECT_LE(found, tolerance) << name;
  }

  Json json_;
  TensorMap tensors_;
  std::map<std::string, Json> summaries_;
};

// filler() and images() of make_parity.py.
torch::Tensor filler(const std::string& seed, const std::string& name, at::IntArrayRef shape) {
  torch::Tensor values = golden_noise(seed + "/" + name, shape);
  const double deviation = 0.03;
  if (name.ends_with("running_var")) return deviation * deviation * (1 + 0.5 * values);
  if (name.find(".bn") != std::string::npos || name.find(".downsample.1.") != std::string::npos) {
    return name.ends_with("weight") ? deviation * (0.6 + 0.2 * values) : 0.1 * values;
  }
  if (shape.size() == 1) return 0.1 * values;
  double gain = 1;
  if (name == "rpn.head.bbox_pred.weight") gain = 0.1;
  if (name == "roi_heads.box_predictor.cls_score.weight") gain = 2;
  const auto inputs = static_cast<double>(c10::multiply_integers(shape.slice(1)));
  return values.mul_(gain * std::sqrt(6 / inputs));
}

torch::Tensor images(const std::string& seed, int64_t height, int64_t width) {
  torch::Tensor result = torch::full({2, 1, height, width}, 0.5, torch::kDouble);
  for (int64_t side : {4, 8, 16, 32}) {
    const torch::Tensor coarse =
        golden_noise(seed + "/images/" + std::to_string(side), {2, 1, side, side}) * 0.25;
    result += coarse.repeat_interleave(height / side, 2).repeat_interleave(width / side, 3);
  }
  return result.clamp(0, 1).to(torch::kFloat);
}

DetectorOptions options_of(const Reference& reference) {
  DetectorOptions options = detector_preset("torchvision");
  options.backbone.stride_in_1x1 = false;
  options.backbone.bn_eps = reference.json("bn_eps").get<double>();
  const Json& rpn = reference.json("rpn");
  options.rpn.pre_nms_train = rpn["pre_nms_train"];
  options.rpn.post_nms_train = rpn["post_nms_train"];
  options.rpn.pre_nms_test = rpn["pre_nms_test"];
  options.rpn.post_nms_test = rpn["post_nms_test"];
  options.rpn.samples = options.roi.samples = 1
                                              << 20;  // every candidate, so that no chance is left
  options.roi.positive_share = 0.5;
  options.roi.max_detections = reference.json("roi")["max_detections"];
  return options;
}

void fill(MaskRcnn& network, const std::string& seed) {
  const torch::NoGradGuard no_grad;
  for (auto& [name, tensor] : named_tensors(network))
    tensor.copy_(filler(seed, name, tensor.sizes()));
}

torch::Tensor normalised(const torch::Tensor& grey) {
  const auto channels = [](std::vector<double> v) {
    return torch::tensor(v, torch::kDouble).view({1, 3, 1, 1});
  };
  return ((grey.to(torch::kDouble) - channels({0.485, 0.456, 0.406})) /
          channels({0.229, 0.224, 0.225}))
      .to(torch::kFloat);
}

// A network and an image of a case.
struct Case {
  const Reference& reference;
  std::shared_ptr<MaskRcnn> network;
  torch::Tensor grey;
  int64_t height() const { return grey.size(2); }
  int64_t width() const { return grey.size(3); }
};

std::vector<torch::Tensor> roi_levels(const std::vector<torch::Tensor>& pyramid) {
  return {pyramid.begin(), pyramid.begin() + 4};
}

torch::Tensor aligned(const std::vector<torch::Tensor>& levels,
                      const std::vector<torch::Tensor>& boxes, int output) {
  std::vector<torch::Tensor> index;
  for (size_t n = 0; n < boxes.size(); ++n)
    index.push_back(torch::full({boxes[n].size(0)}, static_cast<int64_t>(n), torch::kLong));
  return pyramid_roi_align(levels, {4, 8, 16, 32}, torch::cat(boxes), torch::cat(index), output);
}

// As many boxes as torchvision's, and each of its boxes and scores among ours.
void expect_boxes(const std::string& name, const Reference& reference, const torch::Tensor& boxes,
                  const torch::Tensor& scores) {
  const torch::Tensor expected = reference.at(name + ".boxes");
  ASSERT_EQ(boxes.size(0), expected.size(0)) << name;
  ASSERT_GT(boxes.size(0), 10) << name;
  const auto [distance, nearest] =
      (boxes.unsqueeze(0) - expected.unsqueeze(1)).abs().amax(2).min(1);
  EXPECT_LE(distance.max().item<double>(), kBoxPx) << name;
  EXPECT_EQ(std::get<0>(at::_unique(nearest)).size(0), nearest.size(0)) << name;
  EXPECT_LE(largest_difference(scores.index_select(0, nearest), reference.at(name + ".scores")),
            kScore)
      << name;
}

// By falling score on both sides.
void expect_detections(const Case& c, const std::vector<ImageDetections>& found) {
  for (size_t n = 0; n < found.size(); ++n) {
    const std::string name = fmt::format("found.{}", n);
    expect_boxes(name, c.reference, found[n].boxes, found[n].scores);
    EXPECT_LE(largest_difference(found[n].boxes, c.reference.at(name + ".boxes")), kBoxPx) << name;
    c.reference.expect_close(name + ".masks", found[n].masks, kMask);
  }
}

// torchvision sorts by probability, where the best ones tie in fp32, ours by logit: the order
// within ties is not compared.
void expect_proposals(const Case& c, const Proposals& proposals) {
  for (size_t n = 0; n < proposals.boxes.size(); ++n) {
    const torch::Tensor& scores = proposals.scores[n];
    EXPECT_TRUE((scores.slice(0, 1) <= scores.slice(0, 0, -1)).all().item<bool>());
    expect_boxes(fmt::format("proposals.{}", n), c.reference, proposals.boxes[n], scores.sigmoid());
  }
}

void expect_inference(Case& c) {
  const torch::NoGradGuard no_grad;
  const Reference& reference = c.reference;
  const auto stages = c.network->backbone->body(normalised(c.grey));
  for (size_t i = 0; i < 4; ++i)
    reference.expect_close(fmt::format("c{}", i + 2), stages[i], kIntermediate);
  const auto pyramid = c.network->backbone(c.grey, torch::kFloat);
  for (size_t i = 0; i < 5; ++i)
    reference.expect_close(fmt::format("p{}", i + 2), pyramid[i], kIntermediate);

  RpnOutput out = c.network->rpn(pyramid, c.height(), c.width());
  reference.expect_close("rpn.logits", out.logits, kIntermediate);
  reference.expect_close("rpn.deltas", out.deltas, kIntermediate);
  if (reference.whole("rpn.logits")) {  // many proposals: rounding would turn some near ties
    out.logits = reference.at("rpn.logits");
    out.deltas = reference.at("rpn.deltas");
  }
  expect_proposals(c, c.network->rpn->propose(out, c.height(), c.width(), /*training=*/false));

  // The second stage, on torchvision's proposals.
  RoiHeads& heads = c.network->roi_heads;
  const auto levels = roi_levels(pyramid);
  const auto proposals = reference.boxes("proposals.", ".boxes");
  const torch::Tensor features = aligned(levels, proposals, 7);
  reference.expect_close("box.features", features, kIntermediate);
  const torch::Tensor hidden = heads->box_head(features);
  reference.expect_close("box.hidden", hidden, kIntermediate);
  reference.expect_close("box.logits", heads->box_predictor->cls_score(hidden), kIntermediate);
  reference.expect_close("box.deltas", heads->box_predictor->bbox_pred(hidden), kIntermediate);
  const torch::Tensor mask_features = aligned(levels, reference.boxes("found.", ".boxes"), 14);
  reference.expect_close("mask.logits", heads->mask_predictor(heads->mask_head(mask_features)),
                         kIntermediate);
  expect_detections(c, heads->detect(levels, proposals, c.height(), c.width(), true, 0));
}

std::vector<Target> targets_of(const Case& c) {
  std::vector<Target> targets;
  for (const Json& boxes : c.reference.json("truth")) {
    Target target;
    const auto count = static_cast<int64_t>(boxes.size());
    target.boxes = torch::zeros({count, 4});
    for (int64_t g = 0; g < count; ++g)
      target.boxes[g] = torch::tensor(boxes[g].get<std::vector<double>>()).to(torch::kFloat);
    target.labels = torch::ones({count}, torch::kLong);
    target.masks = ellipses(target.boxes, c.height(), c.width());
    target.has_mask = torch::ones({count}, torch::kBool);
    target.ignored = torch::zeros({0, 4});
    targets.push_back(target);
  }
  return targets;
}

void expect_losses(const Case& c, const std::vector<LossTerm>& losses) {
  EXPECT_EQ(losses.size(), 5u);
  for (const LossTerm& loss : losses)
    c.reference.expect_close("loss." + loss.name, loss.value, kLoss);
}

// Losses on torchvision's proposals, and the gradient of their sum in every parameter.
void expect_training(Case& c) {
  const auto targets = targets_of(c);
  std::vector<Rng> rngs{Rng(1), Rng(2)};
  const auto pyramid = c.network->backbone(c.grey, torch::kFloat);
  const RpnLosses first =
      c.network->rpn->losses(c.network->rpn(pyramid, c.height(), c.width()), targets, rngs);
  const RoiLosses second = c.network->roi_heads->losses(
      roi_levels(pyramid), c.reference.boxes("train.proposals.", ""), targets, rngs);
  expect_losses(c, {{"loss_objectness", first.objectness},
                    {"loss_rpn_box_reg", first.box},
                    {"loss_classifier", second.classification},
                    {"loss_box_reg", second.box},
                    {"loss_mask", second.mask}});
  (first.objectness + first.box + second.classification + second.box + second.mask).backward();
  const auto parameters = c.network->named_parameters();
  EXPECT_EQ(parameters.size(), c.reference.names("grad.").size());
  for (const auto& item : parameters) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    const std::string name = "grad." + item.key();
    const bool few_pixels = !c.reference.whole(name) && item.key().starts_with("backbone.body.");
    c.reference.expect_close_in_norm(name, item.value().grad(),
                                     few_pixels ? kFewPixels : kGradient);
  }
}

const std::vector<Reference>& golden_cases() {
  static const std::vector<Reference> cases = [] {
    std::vector<Reference> all;
    for (const Json& json : read_json(std::filesystem::path(MAMMOGRAFT_SOURCE_DIR) /
                                      "tests/golden/detect/parity_golden.json"))
      all.emplace_back(json);
    return all;
  }();
  return cases;
}

Case golden_case(const Reference& reference) {
  Case c{reference, std::make_shared<MaskRcnn>(options_of(reference)), {}};
  const std::string seed = reference.json("seed");
  fill(*c.network, seed);
  c.grey = images(seed, reference.json("size")[0], reference.json("size")[1]);
  return c;
}

TEST(Parity, EveryStageOfInferenceIsTorchvisions) {
  ASSERT_EQ(golden_cases().size(), 2u);
  for (const Reference& reference : golden_cases()) {  // batch norms with an epsilon and without
    SCOPED_TRACE(reference.json("bn_eps"));
    Case c = golden_case(reference);
    expect_inference(c);
    expect_detections(c,
                      c.network->find(c.network->maps(c.grey, torch::kFloat), c.height(), c.width(),
                                      /*with_masks=*/true, 0));
  }
}

TEST(Parity, LossesAndEveryGradientAreTorchvisions) {
  Case c = golden_case(golden_cases()[0]);
  expect_training(c);
  std::vector<Rng> rngs{Rng(1), Rng(2)};
  expect_losses(c, c.network->losses(c.grey, targets_of(c), rngs, torch::kFloat, LossOptions{}));
}

TEST(Parity, NoticesTheOtherEpsilonAndTheOtherStride) {
  const torch::NoGradGuard no_grad;
  const Reference& reference = golden_cases()[0];
  const std::string seed = reference.json("seed");
  const torch::Tensor x =
      normalised(images(seed, reference.json("size")[0], reference.json("size")[1]));
  for (const auto& [stride_in_1x1, bn_eps] :
       std::vector<std::pair<bool, double>>{{false, 1e-5}, {false, 0}, {true, 1e-5}}) {
    ResNet50 body(ResNetOptions{.stride_in_1x1 = stride_in_1x1, .bn_eps = bn_eps});
    for (auto& [name, tensor] : named_tensors(*body))
      tensor.copy_(filler(seed, "backbone.body." + name, tensor.sizes()));
    const double difference = reference.difference("c4", body(x)[2]);
    if (stride_in_1x1 || bn_eps == 0) {
      EXPECT_GT(difference, 10 * kIntermediate);
    } else {
      EXPECT_LT(difference, kIntermediate);
    }
  }
}

// The folder of make_parity.py, or nothing.
std::filesystem::path folder() {
  const char* path = std::getenv("MAMMOGRAFT_PARITY_FOLDER");
  return path == nullptr ? "" : path;
}

class ParitySlow : public testing::Test {
 protected:
  void SetUp() override {
    if (folder().empty()) GTEST_SKIP() << "tests/torchvision_parity.py runs this";
  }
  static Reference reference(const std::string& name) {
    return Reference(read_json(folder() / (name + ".json")),
                     load_tensors(folder() / (name + ".safetensors")).tensors);
  }
  static Case load(const Reference& reference, const std::string& weights) {
    Case c{reference, std::make_shared<MaskRcnn>(options_of(reference)), reference.at("images")};
    const LoadReport report = initialise_from(folder() / weights, *c.network);
    EXPECT_TRUE(report.missing.empty() && report.mismatched.empty() && report.unused.empty());
    return c;
  }
};

TEST_F(ParitySlow, EveryStageOfInferenceIsTorchvisions) {
  const Reference r = reference("case");
  Case c = load(r, "model.safetensors");
  expect_inference(c);
}

TEST_F(ParitySlow, TheCocoFilesOldNamesAndEpsilonZero) {
  const Reference r = reference("coco");
  Case c = load(r, "old_names.safetensors");
  expect_inference(c);
}

TEST_F(ParitySlow, LossesAndEveryGradientAreTorchvisions) {
  const Reference r = reference("case");
  Case c = load(r, "model.safetensors");
  expect_training(c);
}

TEST_F(ParitySlow, AHeadOf91ClassesIsDroppedAndNamed) {
  const Reference r = reference("case");
  const auto network = std::make_shared<MaskRcnn>(options_of(r));
  const LoadReport report = initialise_from(folder() / "classes_91.safetensors", *network);
  EXPECT_TRUE(report.missing.empty() && report.unused.empty());
  EXPECT_EQ(report.mismatched,
            (std::vector<std::string>{
                "roi_heads.box_predictor.bbox_pred.bias: found [364], expected [8]",
                "roi_heads.box_predictor.bbox_pred.weight: found [364, 1024], expected [8, 1024]",
                "roi_heads.box_predictor.cls_score.bias: found [91], expected [2]",
                "roi_heads.box_predictor.cls_score.weight: found [91, 1024], expected [2, 1024]",
                "roi_heads.mask_predictor.mask_fcn_logits.bias: found [91], expected [2]",
                "roi_heads.mask_predictor.mask_fcn_logits.weight: found [91, 256, 1, 1], "
                "expected [2, 256, 1, 1]"}));
  // What stayed is torchvision's all the same.
  const torch::NoGradGuard no_grad;
  const auto pyramid = network->backbone(r.at("images"), torch::kFloat);
  r.expect_close("p2", pyramid[0], kIntermediate);
  const RpnOutput out = network->rpn(pyramid, r.at("images").size(2), r.at("images").size(3));
  r.expect_close("rpn.logits", out.logits, kIntermediate);
}

}  // namespace
}  // namespace mammograft
