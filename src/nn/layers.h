// Small layers that networks share.
#pragma once

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include "nn/inference_convolution.h"

namespace mammograft {

// A convolution with bias, kernel 1 or 3, padded so that only the stride changes the size. Its
// parameters are fp32, its arithmetic is that of its input (bf16 or fp32). Where no gradient is
// recorded, the weight is prepared once and kept until it changes. Starts Kaiming-uniform with
// slope 1 and zero bias, as torchvision's pyramid.
struct ConvolutionImpl : torch::nn::Conv2dImpl {
  ConvolutionImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1);
  torch::Tensor forward(const torch::Tensor& x) { return run(x, /*relu=*/false); }
  torch::Tensor forward_relu(const torch::Tensor& x) { return run(x, /*relu=*/true); }

 private:
  torch::Tensor run(const torch::Tensor& x, bool relu);
  ConvolutionCache prepared_;
};
TORCH_MODULE(Convolution);

// fp32 parameters, the input's arithmetic.
torch::Tensor run_layer(const torch::nn::Linear& layer, const torch::Tensor& x);

// Normal weights with the given deviation, zero bias.
void init_normal(Convolution& layer, double deviation);
// Kaiming-normal (fan out, ReLU), zero bias: torchvision's mask head.
void init_kaiming(Convolution& layer);

}  // namespace mammograft
