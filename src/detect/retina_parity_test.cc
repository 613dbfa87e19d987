// The `torchvision` preset of RetinaNet against torchvision's own RetinaNet R50-FPN, stage by stage
// from the same input, in inference and in training (tests/golden/detect/make_retina_parity.py).
#include <gtest/gtest.h>

#include "detect/parity_testing.h"
#include "detect/retinanet.h"

namespace mammograft {
namespace {
namespace retina_parity {  // parity_test.cc has the same names, and may be compiled with it

using Case = ParityCase<RetinaNet>;

DetectorOptions options_of(const Reference& reference) {
  DetectorOptions options = detector_preset("torchvision", "retinanet");
  options.classes = 3;  // with the background, which torchvision's two do not count
  options.backbone.stride_in_1x1 = false;
  options.backbone.bn_eps = reference.json("bn_eps").get<double>();
  options.retina.candidates = reference.json("candidates");
  options.retina.max_detections = reference.json("max_detections");
  return options;
}

// By falling score on both sides; torchvision's class k is our label k + 1.
void expect_detections(const Case& c, const std::vector<ImageDetections>& found) {
  ASSERT_EQ(found.size(), 2u);
  for (size_t n = 0; n < found.size(); ++n) {
    const std::string name = fmt::format("found.{}.", n);
    ASSERT_GT(found[n].boxes.size(0), 10) << name;
    c.expect_boxes(name + "boxes", found[n].boxes);
    c.expect_scores(name + "scores", found[n].scores);
    EXPECT_EQ(list_of(found[n].labels - 1), list_of(c.reference.at(name + "labels"))) << name;
  }
}

void expect_inference(Case& c) {
  SCOPED_TRACE(c.type());
  const torch::NoGradGuard no_grad;
  const auto stages = c.network->backbone->body(normalised(c.grey));
  for (size_t i = 1; i < 4; ++i) c.expect_close(fmt::format("c{}", i + 2), stages[i]);
  const auto pyramid = c.network->backbone(c.grey, c.type());
  ASSERT_EQ(pyramid.size(), 5u);
  for (size_t i = 0; i < 5; ++i) c.expect_close(fmt::format("p{}", i + 3), pyramid[i]);

  RetinaHead& head = c.network->head;
  const RetinaOutput out = head(pyramid, c.height(), c.width());
  c.reference.expect_close("anchors", out.anchors, 1e-9);
  c.expect_close("logits", out.logits);
  c.expect_close("deltas", out.deltas);
  if (c.decides()) expect_detections(c, head->detect(out, c.height(), c.width()));
}

std::vector<Target> targets_of(const Case& c) {
  std::vector<Target> targets;
  for (const Json& image : c.reference.json("truth")) {
    Target target;
    target.boxes = boxes_of(image["boxes"], c.type());
    target.labels = torch::tensor(list_of(image["labels"]), torch::kLong) + 1;
    target.ignored = torch::zeros({0, 4});
    targets.push_back(target);
  }
  return targets;
}

// The losses, and the gradient of their sum.
std::vector<torch::Tensor> train(Case& c) {
  std::vector<Rng> rngs{Rng(1), Rng(2)};
  const std::vector<LossTerm> losses =
      c.network->losses(c.grey, targets_of(c), rngs, c.type(), LossOptions{});
  EXPECT_EQ(losses.size(), 2u);
  c.expect_loss("loss.classification", losses[0].value);
  c.expect_loss("loss.bbox_regression", losses[1].value);
  total_loss(losses).backward();
  return gradients_of(*c.network);
}

// Of a case in fp64, which it leaves in fp32.
void expect_training(Case& c) {
  const auto exact = train(c);
  expect_gradients(c.reference, *c.network);
  c.to(torch::kFloat);
  expect_fp32_near(train(c), exact);
}

Case golden_case(torch::ScalarType type) {
  static const std::vector<Reference> cases = read_golden_cases("retina_parity_golden.json");
  return golden_case<RetinaNet>(cases.at(0), options_of(cases.at(0)), type);
}

TEST(RetinaParity, EveryStageOfInferenceIsTorchvisions) {
  Case c = golden_case(torch::kDouble);
  expect_inference(c);
  c.to(torch::kFloat);
  expect_inference(c);
  const torch::NoGradGuard no_grad;
  expect_detections(c, c.network->find(c.network->maps(c.grey, torch::kFloat), c.height(),
                                       c.width(), /*with_masks=*/false, 0));
}

TEST(RetinaParity, LossesAndEveryGradientAreTorchvisions) {
  Case c = golden_case(torch::kDouble);
  expect_training(c);
}

class RetinaParitySlow : public FromParityFolder {
 protected:
  static Case load(const Reference& reference, const std::string& weights) {
    return FromParityFolder::load<RetinaNet>(reference, options_of(reference), weights,
                                             torch::kDouble);
  }
};

TEST_F(RetinaParitySlow, EveryStageOfInferenceIsTorchvisions) {
  const Reference r = reference("case");
  Case c = load(r, "model.safetensors");
  expect_inference(c);
  c.to(torch::kFloat);
  expect_inference(c);
}

TEST_F(RetinaParitySlow, TheCocoFilesOldNames) {
  const Reference r = reference("case");
  Case c = load(r, "old_names.safetensors");
  expect_inference(c);
}

TEST_F(RetinaParitySlow, LossesAndEveryGradientAreTorchvisions) {
  const Reference r = reference("case");
  Case c = load(r, "model.safetensors");
  expect_training(c);
}

TEST_F(RetinaParitySlow, AHeadOf91ClassesIsDroppedAndNamed) {
  const Reference r = reference("case");
  const auto network = std::make_shared<RetinaNet>(options_of(r));
  const LoadReport report = initialise_from(folder() / "classes_91.safetensors", *network);
  EXPECT_TRUE(report.missing.empty() && report.unused.empty());
  EXPECT_EQ(texts_of(report.mismatched),
            (std::vector<std::string>{
                "head.classification_head.cls_logits.bias: found [819], expected [18]",
                "head.classification_head.cls_logits.weight: found [819, 256, 3, 3], "
                "expected [18, 256, 3, 3]"}));
  // What stayed is torchvision's all the same.
  const torch::NoGradGuard no_grad;
  const torch::Tensor grey = r.at("images").to(torch::kFloat);
  const RetinaOutput out =
      network->head(network->backbone(grey, torch::kFloat), grey.size(2), grey.size(3));
  r.expect_close("deltas", out.deltas, kFp32.intermediate);
}

}  // namespace retina_parity
}  // namespace
}  // namespace mammograft
