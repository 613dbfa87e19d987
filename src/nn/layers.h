// Small layers that networks share.
#pragma once

#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include "nn/first_weights.h"
#include "nn/inference_convolution.h"

namespace mammograft {

// A convolution with bias, kernel 1 or 3, padded so that only the stride changes the size. Its
// parameters are fp32, its arithmetic is that of its input (bf16 or fp32). Where no gradient is
// recorded, the weight is prepared once and kept until it changes. Its bias begins at zero.
struct ConvolutionImpl : torch::nn::Conv2dImpl {
  ConvolutionImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1,
                  const DrawWeights& draw = draw_kaiming_uniform);
  torch::Tensor forward(const torch::Tensor& x) { return run(x, /*relu=*/false); }
  torch::Tensor forward_relu(const torch::Tensor& x) { return run(x, /*relu=*/true); }

 private:
  torch::Tensor run(const torch::Tensor& x, bool relu);
  ConvolutionCache prepared_;
};
TORCH_MODULE(Convolution);

// fp32 parameters, the input's arithmetic.
torch::Tensor run_layer(const torch::nn::Linear& layer, const torch::Tensor& x);

}  // namespace mammograft
