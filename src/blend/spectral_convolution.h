// A convolution that cannot amplify without bound.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

namespace mammograft {

// A convolution whose weight is divided by an estimate of its largest singular value (Miyato et al.
// 2018), one power iteration at each forward pass in training mode; its vector is a buffer.
struct SpectralConvolutionImpl : torch::nn::Module {
  SpectralConvolutionImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride, bool normalise);
  torch::Tensor forward(const torch::Tensor& x);  // in the arithmetic of x
  torch::Tensor sigma();                          // of the weight as a matrix [out, in * kernel^2]

  torch::Tensor weight, bias, u;
  int64_t stride;
  bool normalise;
};
TORCH_MODULE(SpectralConvolution);

}  // namespace mammograft
