// The `torchvision` preset against torchvision's own Mask R-CNN R50-FPN, stage by stage from the
// same input, in inference and in training (tests/golden/detect/make_parity.py).
#include <gtest/gtest.h>

#include "detect/mask_rcnn.h"
#include "detect/parity_testing.h"
#include "detect/roi_align.h"

namespace mammograft {
namespace {

using Case = ParityCase<MaskRcnn>;

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
void expect_boxes(const std::string& name, const Case& c, const torch::Tensor& boxes,
                  const torch::Tensor& scores) {
  const torch::Tensor expected = c.reference.at(name + ".boxes");
  ASSERT_EQ(boxes.size(0), expected.size(0)) << name;
  ASSERT_GT(boxes.size(0), 10) << name;
  // Two boxes that end at the image's border may be the same one: their scores tell them apart.
  const torch::Tensor ours = torch::cat({boxes, scores.unsqueeze(1)}, 1);
  const torch::Tensor theirs =
      torch::cat({expected, c.reference.at(name + ".scores").unsqueeze(1)}, 1);
  const auto [distance, nearest] = (ours.unsqueeze(0) - theirs.unsqueeze(1)).abs().amax(2).min(1);
  EXPECT_EQ(std::get<0>(at::_unique(nearest)).size(0), nearest.size(0)) << name;
  c.expect_boxes(name + ".boxes", boxes.index_select(0, nearest));
  c.expect_scores(name + ".scores", scores.index_select(0, nearest));
}

// By falling score on both sides.
void expect_detections(const Case& c, const std::vector<ImageDetections>& found) {
  for (size_t n = 0; n < found.size(); ++n) {
    const std::string name = fmt::format("found.{}", n);
    ASSERT_GT(found[n].boxes.size(0), 10) << name;
    c.expect_boxes(name + ".boxes", found[n].boxes);
    c.expect_scores(name + ".scores", found[n].scores);
    c.reference.expect_close(name + ".masks", found[n].masks, c.allowed().mask);
  }
}

// torchvision sorts by probability, where the best ones tie, ours by logit: the order within ties
// is not compared.
void expect_proposals(const Case& c, const Proposals& proposals) {
  for (size_t n = 0; n < proposals.boxes.size(); ++n) {
    const torch::Tensor& scores = proposals.scores[n];
    EXPECT_TRUE((scores.slice(0, 1) <= scores.slice(0, 0, -1)).all().item<bool>());
    expect_boxes(fmt::format("proposals.{}", n), c, proposals.boxes[n], scores.sigmoid());
  }
}

void expect_inference(Case& c) {
  SCOPED_TRACE(c.type());
  const torch::NoGradGuard no_grad;
  const auto stages = c.network->backbone->body(normalised(c.grey));
  for (size_t i = 0; i < 4; ++i) c.expect_close(fmt::format("c{}", i + 2), stages[i]);
  const auto pyramid = c.network->backbone(c.grey, c.type());
  for (size_t i = 0; i < 5; ++i) c.expect_close(fmt::format("p{}", i + 2), pyramid[i]);

  const RpnOutput out = c.network->rpn(pyramid, c.height(), c.width());
  c.expect_close("rpn.logits", out.logits);
  c.expect_close("rpn.deltas", out.deltas);
  if (c.decides())
    expect_proposals(c, c.network->rpn->propose(out, c.height(), c.width(), /*training=*/false));

  // The second stage, on torchvision's proposals.
  RoiHeads& heads = c.network->roi_heads;
  const auto levels = roi_levels(pyramid);
  const auto proposals = c.boxes("proposals.", ".boxes");
  const torch::Tensor features = aligned(levels, proposals, 7);
  c.expect_close("box.features", features);
  const torch::Tensor hidden = heads->box_head(features);
  c.expect_close("box.hidden", hidden);
  c.expect_close("box.logits", heads->box_predictor->cls_score(hidden));
  c.expect_close("box.deltas", heads->box_predictor->bbox_pred(hidden));
  const torch::Tensor mask_features = aligned(levels, c.boxes("found.", ".boxes"), 14);
  c.expect_close("mask.logits", heads->mask_predictor(heads->mask_head(mask_features)));
  if (c.decides())
    expect_detections(c, heads->detect(levels, proposals, c.height(), c.width(), true, 0));
}

std::vector<Target> targets_of(const Case& c) {
  std::vector<Target> targets;
  for (const Json& boxes : c.reference.json("truth")) {
    Target target;
    target.boxes = boxes_of(boxes, c.type());
    const int64_t count = target.boxes.size(0);
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
  for (const LossTerm& loss : losses) c.expect_loss("loss." + loss.name, loss.value);
}

// Losses on torchvision's proposals, and the gradient of their sum.
std::vector<torch::Tensor> train(Case& c) {
  const auto targets = targets_of(c);
  std::vector<Rng> rngs{Rng(1), Rng(2)};
  const auto pyramid = c.network->backbone(c.grey, c.type());
  const RpnLosses first =
      c.network->rpn->losses(c.network->rpn(pyramid, c.height(), c.width()), targets, rngs);
  const RoiLosses second = c.network->roi_heads->losses(
      roi_levels(pyramid), c.boxes("train.proposals.", ""), targets, rngs);
  const std::vector<LossTerm> losses{{"loss_objectness", first.objectness},
                                     {"loss_rpn_box_reg", first.box},
                                     {"loss_classifier", second.classification},
                                     {"loss_box_reg", second.box},
                                     {"loss_mask", second.mask}};
  expect_losses(c, losses);
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

const std::vector<Reference>& golden_cases() {
  static const std::vector<Reference> cases = read_golden_cases("parity_golden.json");
  return cases;
}

Case golden_case(const Reference& reference) {
  return golden_case<MaskRcnn>(reference, options_of(reference), torch::kDouble);
}

TEST(Parity, EveryStageOfInferenceIsTorchvisions) {
  ASSERT_EQ(golden_cases().size(), 2u);
  for (const Reference& reference : golden_cases()) {  // batch norms with an epsilon and without
    SCOPED_TRACE(reference.json("bn_eps"));
    Case c = golden_case(reference);
    expect_inference(c);
    c.to(torch::kFloat);
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
  const torch::Tensor x = normalised(golden_images(reference));
  for (const auto& [stride_in_1x1, bn_eps] :
       std::vector<std::pair<bool, double>>{{false, 1e-5}, {false, 0}, {true, 1e-5}}) {
    ResNet50 body(ResNetOptions{.stride_in_1x1 = stride_in_1x1, .bn_eps = bn_eps});
    for (auto& [name, tensor] : named_tensors(*body))
      tensor.copy_(filler(seed, "backbone.body." + name, tensor.sizes()));
    const double difference = reference.difference("c4", body(x)[2]);
    if (stride_in_1x1 || bn_eps == 0) {
      EXPECT_GT(difference, 10 * kFp32.intermediate);
    } else {
      EXPECT_LT(difference, kFp32.intermediate);
    }
  }
}

class ParitySlow : public FromParityFolder {
 protected:
  static Case load(const Reference& reference, const std::string& weights) {
    return FromParityFolder::load<MaskRcnn>(reference, options_of(reference), weights,
                                            torch::kDouble);
  }
};

TEST_F(ParitySlow, EveryStageOfInferenceIsTorchvisions) {
  const Reference r = reference("case");
  Case c = load(r, "model.safetensors");
  expect_inference(c);
  c.to(torch::kFloat);
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
  EXPECT_EQ(texts_of(report.mismatched),
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
  const torch::Tensor grey = r.at("images").to(torch::kFloat);
  const auto pyramid = network->backbone(grey, torch::kFloat);
  r.expect_close("p2", pyramid[0], kFp32.intermediate);
  const RpnOutput out = network->rpn(pyramid, grey.size(2), grey.size(3));
  r.expect_close("rpn.logits", out.logits, kFp32.intermediate);
}

}  // namespace
}  // namespace mammograft
