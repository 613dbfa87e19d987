#include "nn/inference_convolution.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include "nn/winograd.h"
#include "nn/winograd_bf16.h"

namespace mammograft {

InferenceConvolution::InferenceConvolution(const torch::Tensor& weight, const torch::Tensor& bias,
                                           std::array<int64_t, 2> stride,
                                           std::array<int64_t, 2> padding,
                                           torch::ScalarType compute)
    : bias_(bias.detach().to(compute)), stride_(stride), padding_(padding) {
  const std::array<int64_t, 2> one{1, 1};
  const bool winograd = stride_ == one && padding_ == one;
  if (winograd && compute == torch::kBFloat16 && winograd_bf16_applies(weight)) {
    winograd_bf16_ = winograd_bf16_weight(weight);
    return;
  }
  const torch::Tensor plain = weight.detach().to(compute);
  if (winograd && winograd_applies(plain)) {
    winograd_ = winograd_weight(plain);
  } else {
    weight_ = plain.contiguous(at::MemoryFormat::ChannelsLast);
  }
}

torch::Tensor InferenceConvolution::convolved(const torch::Tensor& x, bool relu) const {
  if (winograd_.defined()) return winograd_convolution(x, winograd_, bias_, relu);
  if (winograd_bf16_.defined()) return winograd_bf16_convolution(x, winograd_bf16_, bias_, relu);
  torch::Tensor y = at::conv2d(x, weight_, bias_, stride_, padding_);
  return relu ? y.relu_() : y;
}

torch::Tensor InferenceConvolution::operator()(const torch::Tensor& x, bool relu,
                                               const torch::Tensor& shortcut) const {
  const torch::NoGradGuard no_grad;
  if (!shortcut.defined()) return convolved(x, relu);
  torch::Tensor y = convolved(x, /*relu=*/false).add_(shortcut);
  return relu ? y.relu_() : y;
}

}  // namespace mammograft
