// 3x3 convolutions with a quarter of the multiplications: Winograd's F(4x4, 3x3), Lavin and Gray
// 2016, section 4.3 and eq. (15). Rounding grows to about 1e-5 of the largest output; inference
// only.
#pragma once

#include <torch/types.h>

namespace mammograft {

// fp32 on a CPU with AVX2 and FMA, 3x3 kernel, channel counts that are multiples of 8.
bool winograd_applies(const torch::Tensor& weight);

// weight [K, C, 3, 3] -> [36, C, K]
torch::Tensor winograd_weight(const torch::Tensor& weight);

// x [N, C, H, W] channels-last, stride 1, padding 1 -> relu?(conv(x) + bias) [N, K, H, W].
torch::Tensor winograd_convolution(const torch::Tensor& x, const torch::Tensor& transformed_weight,
                                   const torch::Tensor& bias, bool relu);

}  // namespace mammograft
