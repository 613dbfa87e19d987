// The patch discriminator (Isola et al. 2017): convolutions without padding, so that every response
// judges the texture of one patch; 16 x 16 pixels by default, as in the paper.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <optional>
#include <vector>

#include "blend/discriminator_options.h"
#include "core/rng.h"

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

struct DiscriminatorImpl : torch::nn::Module {
  // usage error when the lists do not fit together
  explicit DiscriminatorImpl(const DiscriminatorOptions& options);
  // [N, 1 or 2, H, W] -> logits [N, 1, h, w]. All layers but the first compute in `compute`, if
  // given: in bf16 the image itself would lose its finest grey levels.
  torch::Tensor forward(const torch::Tensor& x, std::optional<torch::ScalarType> compute = {});
  // How much each response counts: [N, 1, h, w], of sum 1 in each sample. omega [N, 1, H, W].
  torch::Tensor response_weight(const torch::Tensor& omega) const;

  DiscriminatorOptions options;
  std::vector<SpectralConvolution> layers;
};
TORCH_MODULE(Discriminator);

// Each image by its own draw; the mean of each stays where brightness leaves it.
torch::Tensor jitter(const torch::Tensor& images, const JitterOptions& options, Rng& rng);

}  // namespace mammograft
