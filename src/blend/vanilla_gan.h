// The vanilla GAN (Goodfellow et al. 2014, in the form of Radford et al. 2016, without batch norm):
// from noise to a whole, downscaled mammogram and the mask of its mass.
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <vector>

#include "blend/spectral_convolution.h"
#include "blend/vanilla_options.h"
#include "core/rng.h"
#include "nn/layers.h"

namespace mammograft {

struct VanillaGeneratorImpl : torch::nn::Module {
  // usage error when side_px is no power of two of at least 32
  explicit VanillaGeneratorImpl(const VanillaOptions& options);
  // z [N, latent] -> [N, 2, S, S] in [-1, 1]: the image, and the mask (positive inside)
  torch::Tensor forward(const torch::Tensor& z);
  VanillaOptions options;

 private:
  torch::nn::Linear first_{nullptr};
  std::vector<Convolution> levels_;
  Convolution last_{nullptr};
};
TORCH_MODULE(VanillaGenerator);

// What it makes n images from: [n, latent], normal.
torch::Tensor vanilla_noise(int64_t n, const VanillaOptions& options, Rng rng);

struct VanillaDiscriminatorImpl : torch::nn::Module {
  VanillaDiscriminatorImpl(const VanillaOptions& options, bool spectral_norm);
  torch::Tensor forward(torch::Tensor x);  // [N, 2, S, S] -> logits [N, 1, 1, 1]

 private:
  std::vector<SpectralConvolution> layers_;
};
TORCH_MODULE(VanillaDiscriminator);

}  // namespace mammograft
