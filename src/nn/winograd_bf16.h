// 3x3 convolutions in bf16 with 2.25 times fewer multiplications: Winograd's F(2x2, 3x3), Lavin and
// Gray 2016, sections 4.1 and 5, for all three products of a training step. Transforms and sums are
// fp32, the factors bf16; F(4x4, 3x3), as winograd.h has it in fp32, would lose too many of bf16's
// eight bits. Stride 1, padding 1, channels-last.
#pragma once

#include <torch/types.h>

namespace mammograft {

// A CPU with AVX512-BF16; 3x3; both channel counts multiples of 64.
bool winograd_bf16_applies(const torch::Tensor& weight);

// weight [K, C, 3, 3] -> packed factors of the convolution, and of its gradient in x (a convolution
// from K to C channels with the mirrored kernel). bf16 [16, K / 64, C / 2, 64, 2].
torch::Tensor winograd_bf16_weight(const torch::Tensor& weight);
torch::Tensor winograd_bf16_mirrored_weight(const torch::Tensor& weight);

// x [N, C, H, W] bf16 -> relu?(conv(x) + bias) [N, K, H, W] bf16; bias [K] or undefined.
torch::Tensor winograd_bf16_convolution(const torch::Tensor& x, const torch::Tensor& packed_weight,
                                        const torch::Tensor& bias, bool relu);

// x [N, C, H, W], grad [N, K, H, W], both bf16 -> the gradient in the weight, [K, C, 3, 3] fp32.
torch::Tensor winograd_bf16_weight_gradient(const torch::Tensor& x, const torch::Tensor& grad);

// The same convolution for autograd. weight [K, C, 3, 3] and bias [K] of any float type, x bf16.
torch::Tensor winograd_bf16_differentiable(const torch::Tensor& x, const torch::Tensor& weight,
                                           const torch::Tensor& bias);

}  // namespace mammograft
