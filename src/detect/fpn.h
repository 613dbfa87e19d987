// Feature pyramid network (Lin et al. 2017), torchvision's parameter names: inner_blocks.i.0,
// layer_blocks.i.0.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/types.h>

#include <vector>

#include "detect/detector_options.h"
#include "nn/layers.h"

namespace mammograft {

// [C2,] C3, C4 [, C5] -> the levels of the same numbers, the laterals; beyond them up to last_level
// 3x3 convolutions of stride 2 (light: extra_blocks.p5, .p6; torchvision's RetinaNet: .p6, .p7), or
// every second pixel of P5 (BackboneOptions::pools_p6()). usage error: as check().
struct FpnImpl : torch::nn::Module {
  explicit FpnImpl(const BackboneOptions& options);
  // c: C2, C3, C4 [, C5] as the ResNet gives them -> levels, finest first, [N, fpn_channels, ...]
  std::vector<torch::Tensor> forward(const std::vector<torch::Tensor>& c);

  BackboneOptions options;
  std::vector<Convolution> inner, layer, extra;
};
TORCH_MODULE(Fpn);

}  // namespace mammograft
