// A discriminator on features that it need not learn (Sauer et al., "Projected GANs converge
// faster", NeurIPS 2021): with a hundred real masses, convolutions of its own learn them by heart.
#pragma once

#include <vector>

#include "blend/discriminator.h"
#include "blend/discriminator_options.h"
#include "blend/spectral_convolution.h"
#include "nn/resnet.h"

namespace mammograft {

struct ProjectedDiscriminatorImpl : DiscriminatorImpl {
  // Reads ResNet-50's weights of ImageNet from the assets. usage where a mask or a gradient penalty
  // is asked for too; io, bad_input where there are no such weights.
  explicit ProjectedDiscriminatorImpl(const DiscriminatorOptions& options);
  // The responses of all three scales, strides 4, 4 and 8, in one row: [N, 1, 1, n].
  torch::Tensor forward(const torch::Tensor& x,
                        std::optional<torch::ScalarType> compute = {}) override;
  // Every scale counts the same; in it a response by the share of its cell that lies in omega.
  torch::Tensor response_weight(const torch::Tensor& omega) const override;

  DiscriminatorOptions options;

 private:
  struct Head {
    torch::Tensor projection;  // [kProjected, C, 1, 1], random, fixed: a buffer
    SpectralConvolution hidden{nullptr}, out{nullptr};
  };

  // Not registered: it neither learns nor is saved.
  ResNet50 trunk_{nullptr};
  std::vector<Head> heads_;
};
TORCH_MODULE(ProjectedDiscriminator);

}  // namespace mammograft
