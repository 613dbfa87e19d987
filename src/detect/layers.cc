#include "detect/layers.h"

#include <torch/torch.h>

namespace mammograft {

torch::Tensor run_layer(const torch::nn::Conv2d& layer, const torch::Tensor& x) {
  const auto& o = layer->options;
  const auto padding = std::get<torch::ExpandingArray<2>>(o.padding());
  return torch::conv2d(x, layer->weight.to(x.scalar_type()), layer->bias.to(x.scalar_type()), o.stride(),
                       padding);
}

torch::Tensor run_layer(const torch::nn::Linear& layer, const torch::Tensor& x) {
  return torch::linear(x, layer->weight.to(x.scalar_type()), layer->bias.to(x.scalar_type()));
}

torch::nn::Conv2d same_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride) {
  torch::nn::Conv2d layer(
      torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2));
  torch::nn::init::kaiming_uniform_(layer->weight, 1.0);
  torch::nn::init::zeros_(layer->bias);
  return layer;
}

void init_normal(torch::nn::Conv2d& layer, double deviation) {
  torch::nn::init::normal_(layer->weight, 0, deviation);
  torch::nn::init::zeros_(layer->bias);
}

void init_kaiming(torch::nn::Conv2d& layer) {
  torch::nn::init::kaiming_normal_(layer->weight, 0, torch::kFanOut, torch::kReLU);
  torch::nn::init::zeros_(layer->bias);
}

}  // namespace mammograft
