#include "nn/layers.h"

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include "nn/differentiable_convolution.h"

namespace mammograft {
namespace {

torch::nn::Conv2dOptions same_size(int64_t kernel, int64_t stride) {
  return torch::nn::Conv2dOptions(1, 1, kernel).stride(stride).padding(kernel / 2);
}

}  // namespace

ConvolutionImpl::ConvolutionImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride,
                                 const DrawWeights& draw)
    : Conv2dImpl(same_size(kernel, stride)) {
  give_channels(*this, in, out, draw);
}

torch::Tensor ConvolutionImpl::run(const torch::Tensor& x, bool relu) {
  const auto type = x.scalar_type();
  const std::array<int64_t, 2> stride = *options.stride();
  const int64_t margin = weight.size(2) / 2;
  if (torch::GradMode::is_enabled() && (weight.requires_grad() || x.requires_grad())) {
    torch::Tensor y = differentiable_convolution(x, weight, bias, stride, {margin, margin});
    return relu ? y.relu_() : y;
  }
  const auto convolution = prepared_.get({weight, bias}, type, [&] {
    return InferenceConvolution(weight, bias, stride, {margin, margin}, type);
  });
  return (*convolution)(x, relu);
}

torch::Tensor run_layer(const torch::nn::Linear& layer, const torch::Tensor& x) {
  return torch::linear(x, layer->weight.to(x.scalar_type()), layer->bias.to(x.scalar_type()));
}

}  // namespace mammograft
