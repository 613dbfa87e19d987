// The convolution that autograd follows.
#pragma once

#include <torch/types.h>

#include <array>

namespace mammograft {

// x [N, C, H, W]; weight [K, C, h, w] and bias [K] in fp32 -> conv(x) + bias [N, K, ...] in x's
// dtype. 3x3 of stride 1 in bf16 goes by Winograd's algorithm, forwards and backwards.
torch::Tensor differentiable_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                                         const torch::Tensor& bias, std::array<int64_t, 2> stride,
                                         std::array<int64_t, 2> padding);

}  // namespace mammograft
