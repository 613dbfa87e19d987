#include "nn/differentiable_convolution.h"

#include <ATen/Functions.h>

#include "nn/winograd_bf16.h"

namespace mammograft {

torch::Tensor differentiable_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                                         const torch::Tensor& bias, std::array<int64_t, 2> stride,
                                         std::array<int64_t, 2> padding) {
  const std::array<int64_t, 2> one{1, 1};
  const auto type = x.scalar_type();
  if (type == torch::kBFloat16 && stride == one && padding == one &&
      winograd_bf16_applies(weight)) {
    return winograd_bf16_differentiable(x, weight, bias);
  }
  return at::conv2d(x, weight.to(type), bias.to(type), stride, padding);
}

}  // namespace mammograft
