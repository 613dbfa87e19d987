#include "detect/mask_rcnn.h"

#include <torch/torch.h>

namespace mammograft {
namespace {

// One grey channel as the three that ImageNet's weights expect, normalised by ImageNet's
// statistics.
torch::Tensor imagenet_channels(const torch::Tensor& images) {
  const torch::Tensor mean =
      torch::tensor({0.485f, 0.456f, 0.406f}, images.device()).view({1, 3, 1, 1});
  const torch::Tensor deviation =
      torch::tensor({0.229f, 0.224f, 0.225f}, images.device()).view({1, 3, 1, 1});
  return (images - mean) / deviation;
}

std::vector<torch::Tensor> first(const std::vector<torch::Tensor>& levels, int count) {
  return {levels.begin(), levels.begin() + count};
}

}  // namespace

BackboneImpl::BackboneImpl(const BackboneOptions& options) {
  body = register_module("body", ResNet50(ResNetOptions{.layer4 = options.layer4,
                                                        .stride_in_1x1 = options.stride_in_1x1,
                                                        .bn_eps = options.bn_eps}));
  fpn = register_module("fpn", Fpn(options));
}

std::vector<torch::Tensor> BackboneImpl::forward(const torch::Tensor& images) {
  return fpn(body(images));
}

MaskRcnnImpl::MaskRcnnImpl(const DetectorOptions& options) : options(options) {
  backbone = register_module("backbone", Backbone(options.backbone));
  rpn = register_module("rpn", Rpn(options));
  roi_heads = register_module("roi_heads", RoiHeads(options));
}

std::vector<torch::Tensor> MaskRcnnImpl::pyramid(const torch::Tensor& images,
                                                 torch::ScalarType compute) {
  ensure(images.dim() == 4 && images.size(1) == 1,
         "images: expected [N, 1, H, W], got {} dimensions", images.dim());
  const torch::Tensor x =
      imagenet_channels(images).to(compute).contiguous(torch::MemoryFormat::ChannelsLast);
  return backbone(x);
}

DetectorLosses MaskRcnnImpl::losses(const torch::Tensor& images, const std::vector<Target>& targets,
                                    std::vector<Rng>& rngs, torch::ScalarType compute) {
  const int64_t height = images.size(2), width = images.size(3);
  const auto levels = pyramid(images, compute);
  const RpnOutput out = rpn(levels, height, width);
  const RpnLosses first_stage = rpn->losses(out, targets, rngs);
  const Proposals proposals = rpn->propose(out, height, width, /*training=*/true);
  const RoiLosses second_stage =
      roi_heads->losses(first(levels, options.roi_levels()), proposals.boxes, targets, rngs);
  return {first_stage.objectness, first_stage.box, second_stage.classification, second_stage.box,
          second_stage.mask};
}

std::vector<RoiDetections> MaskRcnnImpl::detect(const torch::Tensor& images,
                                                torch::ScalarType compute, bool with_masks,
                                                double mask_score_floor) {
  torch::InferenceMode inference;
  const int64_t height = images.size(2), width = images.size(3);
  const auto levels = pyramid(images, compute);
  const Proposals proposals =
      rpn->propose(rpn(levels, height, width), height, width, /*training=*/false);
  return roi_heads->detect(first(levels, options.roi_levels()), proposals.boxes, height, width,
                           with_masks, mask_score_floor);
}

}  // namespace mammograft
