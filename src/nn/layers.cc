#include "nn/layers.h"

#include <torch/nn/init.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include "nn/differentiable_convolution.h"

namespace mammograft {
namespace {

torch::nn::Conv2dOptions same_size(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  return torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2);
}

}  // namespace

ConvolutionImpl::ConvolutionImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride)
    : Conv2dImpl(same_size(in, out, kernel, stride)) {
  torch::nn::init::kaiming_uniform_(weight, 1.0);
  torch::nn::init::zeros_(bias);
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

void init_normal(Convolution& layer, double deviation) {
  torch::nn::init::normal_(layer->weight, 0, deviation);
  torch::nn::init::zeros_(layer->bias);
}

void init_kaiming(Convolution& layer) {
  torch::nn::init::kaiming_normal_(layer->weight, 0, torch::kFanOut, torch::kReLU);
  torch::nn::init::zeros_(layer->bias);
}

}  // namespace mammograft
