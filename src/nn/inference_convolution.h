// Convolutions whose weights do not change between calls: what can be prepared is prepared once.
#pragma once

#include <torch/nn/modules/conv.h>
#include <torch/types.h>

#include <array>

#include "nn/prepared_cache.h"

namespace mammograft {

// A convolution without gradients, dilation or groups. x [N, C, H, W] of `compute` and the weight's
// device, channels-last. Safe to call from several threads.
class InferenceConvolution {
 public:
  // weight [K, C, h, w], bias [K], best in fp32, so that `compute` rounds once.
  InferenceConvolution(const torch::Tensor& weight, const torch::Tensor& bias,
                       std::array<int64_t, 2> stride, std::array<int64_t, 2> padding,
                       torch::ScalarType compute);

  // conv(x) + bias, then + shortcut if it is defined, then the ReLU if wanted. 3x3 on a CPU goes by
  // Winograd's algorithm.
  torch::Tensor operator()(const torch::Tensor& x, bool relu,
                           const torch::Tensor& shortcut = {}) const;

 private:
  torch::Tensor convolved(const torch::Tensor& x, bool relu) const;

  torch::Tensor weight_, winograd_, winograd_bf16_;  // one of them: the last two are transformed
  torch::Tensor bias_;
  std::array<int64_t, 2> stride_, padding_;
};

using ConvolutionCache = PreparedCache<InferenceConvolution>;

}  // namespace mammograft
