#include "detect/mask_rcnn.h"

#include <torch/torch.h>

namespace mammograft {
namespace {

std::vector<torch::Tensor> first(const std::vector<torch::Tensor>& levels, int count) {
  return {levels.begin(), levels.begin() + count};
}

}  // namespace

MaskRcnn::MaskRcnn(const DetectorOptions& options) : DetectionNetwork(options) {
  rpn = register_module("rpn", Rpn(options));
  roi_heads = register_module("roi_heads", RoiHeads(options));
}

std::vector<LossTerm> MaskRcnn::losses(const torch::Tensor& images,
                                       const std::vector<Target>& targets, std::vector<Rng>& rngs,
                                       torch::ScalarType compute, const LossOptions& weights) {
  const int64_t height = images.size(2), width = images.size(3);
  const auto levels = backbone(images, compute);
  const RpnOutput out = rpn(levels, height, width);
  const RpnLosses first_stage = rpn->losses(out, targets, rngs);
  const Proposals proposals = rpn->propose(out, height, width, /*training=*/true);
  const RoiLosses second_stage =
      roi_heads->losses(first(levels, options.roi_levels()), proposals.boxes, targets, rngs);
  return {{"loss_objectness", first_stage.objectness},
          {"loss_rpn_box_reg", first_stage.box},
          {"loss_classifier", second_stage.classification},
          {"loss_box_reg", second_stage.box, weights.lambda_loc},
          {"loss_mask", second_stage.mask, weights.lambda_seg}};
}

std::vector<ImageDetections> MaskRcnn::detect(const torch::Tensor& images,
                                              torch::ScalarType compute, bool with_masks,
                                              double mask_score_floor) {
  torch::InferenceMode inference;
  const int64_t height = images.size(2), width = images.size(3);
  const auto levels = backbone(images, compute);
  const Proposals proposals =
      rpn->propose(rpn(levels, height, width), height, width, /*training=*/false);
  return roi_heads->detect(first(levels, options.roi_levels()), proposals.boxes, height, width,
                           with_masks, mask_score_floor);
}

}  // namespace mammograft
