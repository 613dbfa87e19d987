// Small layers that the pyramid and the heads share.
#pragma once

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

namespace mammograft {

// Layers whose parameters are fp32 and whose arithmetic is that of their input (bf16 or fp32).
torch::Tensor run_layer(const torch::nn::Conv2d& layer, const torch::Tensor& x);
torch::Tensor run_layer(const torch::nn::Linear& layer, const torch::Tensor& x);

// A convolution that keeps the size, kernel 1 or 3, bias. Kaiming-uniform with slope 1, zero bias, as
// torchvision initialises the pyramid.
torch::nn::Conv2d same_conv(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1);

// Normal weights with the given deviation, zero bias.
void init_normal(torch::nn::Conv2d& layer, double deviation);
// Kaiming-normal (fan out, ReLU), zero bias: torchvision's mask head.
void init_kaiming(torch::nn::Conv2d& layer);

}  // namespace mammograft
