// ResNet-50 (He et al. 2016, table 1) with frozen batch norm, torchvision's parameter names.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/types.h>

#include <vector>

#include "nn/frozen_batch_norm.h"

namespace mammograft {

struct ResNetOptions {
  bool layer4 = true;          // C5; the `light` detector stops at C4
  bool stride_in_1x1 = false;  // true: the original ResNet (MSRA); false: torchvision
  double bn_eps = 1e-5;        // 0 for torchvision's COCO detectors
};

struct ResNet50Impl : torch::nn::Module {
  explicit ResNet50Impl(const ResNetOptions& options);
  // x [N, 3, H, W] -> C2 [N, 256, H/4, W/4], C3 [N, 512, H/8, W/8], C4 [N, 1024, ...], C5 [N, 2048,
  // ...]
  std::vector<torch::Tensor> forward(torch::Tensor x);
  // [C1 [N, 64, H/4, W/4] behind the stem's pooling, C2, ...]: the first `stages` of them; nothing
  // beyond is computed.
  std::vector<torch::Tensor> forward_from_stem(torch::Tensor x, size_t stages);
  // Freezes the stem and the first `stages` of {stem, layer1, layer2, layer3, layer4}: no
  // gradients, and forward() runs them without storing for backward. 0: everything learns.
  void freeze(int stages);
  int stages() const { return static_cast<int>(layers_.size()) + 1; }  // that freeze() counts
  ResNetOptions options;
  int frozen_stages = 0;
  // registered children: conv1, bn1, layer1.0.conv1 ... layer4.2.bn3, layerN.0.downsample.0/.1

 private:
  torch::Tensor run_stage(size_t stage, const torch::Tensor& x);
  torch::nn::Conv2d conv1_{nullptr};
  FrozenBatchNorm bn1_{nullptr};
  std::vector<torch::nn::ModuleList> layers_;
};
TORCH_MODULE(ResNet50);

}  // namespace mammograft
