#include "nn/differentiable_convolution.h"

#include <ATen/Functions.h>

#include "nn/winograd.h"
#include "nn/winograd_bf16.h"

namespace mammograft {
namespace {

// Below this many output pixels the kernel's own transforms cost more than they save.
constexpr int64_t kFewestPixels = 256;

}  // namespace

torch::Tensor differentiable_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                                         const torch::Tensor& bias, std::array<int64_t, 2> stride,
                                         std::array<int64_t, 2> padding) {
  const std::array<int64_t, 2> one{1, 1};
  const auto type = x.scalar_type();
  if (stride == one && padding == one) {
    if (type == torch::kBFloat16 && winograd_bf16_applies(weight)) {
      return winograd_bf16_differentiable(x, weight, bias);
    }
    if (type == torch::kFloat32 && x.size(0) * x.size(2) * x.size(3) >= kFewestPixels &&
        winograd_applies(weight)) {
      return winograd_differentiable(x, weight, bias);
    }
  }
  return at::conv2d(x, weight.to(type), bias.to(type), stride, padding);
}

}  // namespace mammograft
