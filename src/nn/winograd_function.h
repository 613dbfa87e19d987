// A 3x3 convolution by Winograd's algorithm, for autograd: the same whatever the arithmetic.
// Private to winograd_*.cc.
#pragma once

#include <torch/autograd.h>
#include <torch/types.h>

namespace mammograft {

// `Algorithm` has convolution(x, factors, bias or undefined), factors(weight) and
// mirrored_factors(weight), weight_gradient(x, grad) and channel_sums(grad).
template <typename Algorithm>
struct WinogradFunction : torch::autograd::Function<WinogradFunction<Algorithm>> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias) {
    context->save_for_backward({x, weight});
    context->saved_data["bias_type"] = static_cast<int64_t>(bias.scalar_type());
    return Algorithm::convolution(x, Algorithm::factors(weight), bias);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list grads) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], &weight = saved[1];
    const torch::Tensor grad = grads[0].contiguous(at::MemoryFormat::ChannelsLast);
    torch::Tensor grad_x, grad_weight, grad_bias;
    if (context->needs_input_grad(0))
      grad_x = Algorithm::convolution(grad, Algorithm::mirrored_factors(weight), {});
    if (context->needs_input_grad(1))
      grad_weight = Algorithm::weight_gradient(x, grad).to(weight.scalar_type());
    if (context->needs_input_grad(2)) {
      const auto type = static_cast<torch::ScalarType>(context->saved_data["bias_type"].toInt());
      grad_bias = Algorithm::channel_sums(grad).to(type);
    }
    return {grad_x, grad_weight, grad_bias};
  }
};

}  // namespace mammograft
