// The trunk that every detector shares: a ResNet and the feature pyramid on it, with torchvision's
// parameter names: backbone.body, backbone.fpn.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <vector>

#include "detect/fpn.h"
#include "nn/resnet.h"

namespace mammograft {

struct BackboneImpl : torch::nn::Module {
  explicit BackboneImpl(const BackboneOptions& options);
  // images [N, 1, H, W] in [0, 1], H and W multiples of 32 are not required -> the pyramid's
  // levels, finest first, in `compute`.
  std::vector<torch::Tensor> forward(const torch::Tensor& images, torch::ScalarType compute);
  ResNet50 body{nullptr};
  Fpn fpn{nullptr};
};
TORCH_MODULE(Backbone);

}  // namespace mammograft
