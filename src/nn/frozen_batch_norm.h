// A convolution followed by batch norm whose statistics are frozen, folded into the convolution:
// y = conv(x, w * s) + (beta - mean * s), s = gamma / sqrt(var + eps). The gradient reaches w
// through the product. torchvision's names: the convolution `weight` and the norm's `weight`,
// `bias`, `running_mean`, `running_var` live in two sibling modules (conv1 / bn1, downsample.0 /
// .1), so this is a function of both.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <array>
#include <memory>
#include <mutex>

#include "nn/inference_convolution.h"

namespace mammograft {

struct FrozenBatchNormImpl : torch::nn::Module {
  FrozenBatchNormImpl(int64_t channels, double eps);
  torch::Tensor scale() const;  // [C] = weight / sqrt(running_var + eps)
  torch::Tensor shift() const;  // [C] = bias - running_mean * scale

  // Calibration, for norms that no file initialised: conv_bn then normalises with the batch's own
  // statistics and gathers them into running_mean and running_var (every batch counts the same; the
  // variance is that of all batches together). Starts from nothing at each begin_calibration().
  void begin_calibration();
  void end_calibration() { calibrating = false; }

  torch::Tensor weight, bias, running_mean, running_var;  // buffers, [C]
  double eps;
  bool calibrating = false;
  int64_t calibration_batches = 0;
  ConvolutionCache folded;  // of the convolution before this norm
};
TORCH_MODULE(FrozenBatchNorm);

// x [N, C, H, W] -> [N, K, H', W'], in x's dtype. Where no gradient is recorded for the weight, the
// folded weight is kept and folded anew only when one of the five tensors has changed.
torch::Tensor conv_bn(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                      const torch::Tensor& x);

// relu(conv_bn(x)), and relu(conv_bn(x) + shortcut).
torch::Tensor conv_bn_relu(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                           const torch::Tensor& x);
torch::Tensor conv_bn_add_relu(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                               const torch::Tensor& x, const torch::Tensor& shortcut);

}  // namespace mammograft
