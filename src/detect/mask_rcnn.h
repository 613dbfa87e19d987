// Mask R-CNN (He et al. 2017) on a feature pyramid: backbone.body, backbone.fpn, rpn, roi_heads,
// with torchvision's parameter names. Takes tensors; knows nothing of files, options or devices.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <vector>

#include "detect/fpn.h"
#include "detect/roi_heads.h"
#include "detect/rpn.h"
#include "nn/resnet.h"

namespace mammograft {

struct BackboneImpl : torch::nn::Module {
  explicit BackboneImpl(const BackboneOptions& options);
  // images [N, 3, H, W] -> pyramid levels, finest first
  std::vector<torch::Tensor> forward(const torch::Tensor& images);
  ResNet50 body{nullptr};
  Fpn fpn{nullptr};
};
TORCH_MODULE(Backbone);

struct DetectorLosses {
  torch::Tensor rpn_objectness, rpn_box, classification, box, mask;  // scalars, not yet weighted
};

struct MaskRcnnImpl : torch::nn::Module {
  explicit MaskRcnnImpl(const DetectorOptions& options);

  // images [N, 1, H, W] in [0, 1], H and W multiples of 32 are not required. `compute`: arithmetic
  // of the convolutions and the box head; RoIAlign, predictors and losses are fp32.
  DetectorLosses losses(const torch::Tensor& images, const std::vector<Target>& targets,
                        std::vector<Rng>& rngs, torch::ScalarType compute);
  std::vector<RoiDetections> detect(const torch::Tensor& images, torch::ScalarType compute,
                                    bool with_masks, double mask_score_floor);

  // The pyramid's levels, finest first, in `compute`.
  std::vector<torch::Tensor> pyramid(const torch::Tensor& images, torch::ScalarType compute);

  DetectorOptions options;
  Backbone backbone{nullptr};
  Rpn rpn{nullptr};
  RoiHeads roi_heads{nullptr};
};
TORCH_MODULE(MaskRcnn);

}  // namespace mammograft
