// 3x3 convolutions with a quarter of the multiplications: Winograd's F(4x4, 3x3), Lavin and Gray
// 2016, section 4.3 and eq. (15), for all three products of a training step. Rounding grows to
// about 1e-5 of the largest output. Stride 1, padding 1.
#pragma once

#include <torch/types.h>

namespace mammograft {

// fp32 on a CPU with AVX2 and FMA, 3x3 kernel, channel counts that are multiples of 8.
bool winograd_applies(const torch::Tensor& weight);

// weight [K, C, 3, 3] -> the factors of the convolution [36, C, K], and of its gradient in x (a
// convolution from K to C channels with the mirrored kernel) [36, K, C].
torch::Tensor winograd_weight(const torch::Tensor& weight);
torch::Tensor winograd_mirrored_weight(const torch::Tensor& weight);

// x [N, C, H, W] channels-last -> relu?(conv(x) + bias) [N, K, H, W]; bias [K] or undefined.
torch::Tensor winograd_convolution(const torch::Tensor& x, const torch::Tensor& transformed_weight,
                                   const torch::Tensor& bias, bool relu);

// x [N, C, H, W], grad [N, K, H, W] -> the gradient in the weight, [K, C, 3, 3].
torch::Tensor winograd_weight_gradient(const torch::Tensor& x, const torch::Tensor& grad);

// The same convolution for autograd.
torch::Tensor winograd_differentiable(const torch::Tensor& x, const torch::Tensor& weight,
                                      const torch::Tensor& bias);

}  // namespace mammograft
