// The blending generator: a U-Net (Ronneberger et al. 2015) on background, paste and mask.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <string>
#include <vector>

#include "blend/generator_options.h"
#include "nn/layers.h"

namespace mammograft {

// Two 3x3 convolutions a level, no norm, LeakyReLU 0.2, average pooling, nearest upsampling, skip
// connections by concatenation; the last 1x1 starts at zero, so a residual generator starts as the
// identity. Fully convolutional.
struct GeneratorImpl : torch::nn::Module {
  explicit GeneratorImpl(const GeneratorOptions& options);
  // input [N, 3, H, W]: x, the lesion pasted into x, omega; H and W multiples of multiple().
  // -> y [N, 1, H, W]
  torch::Tensor forward(const torch::Tensor& input);
  int64_t multiple() const { return int64_t{1} << (options.widths.size() - 1); }

  GeneratorOptions options;

 private:
  std::vector<Convolution> down_, up_;  // two each level, top level first
  Convolution last_{nullptr};
};
TORCH_MODULE(Generator);

// residual: x + feather * (body + y), which is x where the feather is 0; plain: tanh(y), the whole
// window as in the paper. All [N, 1, H, W].
torch::Tensor compose(const torch::Tensor& x, const torch::Tensor& body, const torch::Tensor& y,
                      const torch::Tensor& feather, const GeneratorOptions& options);

}  // namespace mammograft
