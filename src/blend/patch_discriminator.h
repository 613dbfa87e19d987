// The patch discriminator (Isola et al. 2017): convolutions without padding, so that every response
// judges the texture of one patch; 16 x 16 pixels by default, as in the paper.
#pragma once

#include <vector>

#include "blend/discriminator.h"
#include "blend/discriminator_options.h"
#include "blend/spectral_convolution.h"

namespace mammograft {

struct PatchDiscriminatorImpl : DiscriminatorImpl {
  // usage error when the lists do not fit together
  explicit PatchDiscriminatorImpl(const DiscriminatorOptions& options);
  // All layers but the first compute in `compute`, if given: in bf16 the image itself would lose
  // its finest grey levels.
  torch::Tensor forward(const torch::Tensor& x,
                        std::optional<torch::ScalarType> compute = {}) override;
  // A response counts by the share of its patch that lies in omega.
  torch::Tensor response_weight(const torch::Tensor& omega) const override;

  DiscriminatorOptions options;
  std::vector<SpectralConvolution> layers;
};
TORCH_MODULE(PatchDiscriminator);

}  // namespace mammograft
