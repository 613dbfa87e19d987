#include "blend/vanilla_gan.h"

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <algorithm>

#include "blend/leaky_slope.h"
#include "core/error.h"

namespace mammograft {
namespace {

constexpr int kCoarsest = 4;  // px
constexpr int kWidest = 256;  // channels

// Channels of the levels from side S down to 8, finest first.
std::vector<int64_t> widths(const VanillaOptions& options) {
  const int side = options.side_px;
  if (side < 32 || (side & (side - 1)) != 0)
    fail(ErrorKind::usage, "vanilla.side_px: found {}, expected a power of two from 32 on", side);
  std::vector<int64_t> result;
  int width = options.width;
  for (int s = side; s > kCoarsest; s /= 2, width *= 2) result.push_back(std::min(width, kWidest));
  return result;
}

// Each pixel's channels divided by their root mean square (Karras et al. 2018): without batch norm
// the magnitudes would run away.
torch::Tensor pixel_norm(const torch::Tensor& x) {
  return x * torch::rsqrt(x.square().mean(1, true) + 1e-8);
}

}  // namespace

VanillaGeneratorImpl::VanillaGeneratorImpl(const VanillaOptions& options) : options(options) {
  const std::vector<int64_t> wide = widths(options);
  int64_t in = wide.back();
  first_ = register_module("first", torch::nn::Linear(options.latent, in * kCoarsest * kCoarsest));
  for (size_t i = wide.size(); i-- > 0;) {
    levels_.push_back(
        register_module("level" + std::to_string(wide.size() - i), Convolution(in, wide[i], 3)));
    torch::nn::init::kaiming_normal_(levels_.back()->weight, kLeakySlope);
    in = wide[i];
  }
  last_ = register_module("last", Convolution(in, 2, 3));
}

torch::Tensor VanillaGeneratorImpl::forward(const torch::Tensor& z) {
  torch::Tensor x = first_(z).view({z.size(0), -1, kCoarsest, kCoarsest});
  x = pixel_norm(torch::leaky_relu(x, kLeakySlope));
  for (Convolution& level : levels_) {
    const std::vector<int64_t> size = {2 * x.size(2), 2 * x.size(3)};
    x = torch::upsample_nearest2d(x, size, std::nullopt, std::nullopt);
    x = pixel_norm(torch::leaky_relu(level(x), kLeakySlope));
  }
  return torch::tanh(last_(x));
}

torch::Tensor vanilla_noise(int64_t n, const VanillaOptions& options, Rng rng) {
  torch::Tensor z = torch::empty({n, options.latent});
  float* values = z.data_ptr<float>();
  for (int64_t i = 0; i < z.numel(); ++i) values[i] = static_cast<float>(rng.normal());
  return z;
}

VanillaDiscriminatorImpl::VanillaDiscriminatorImpl(const VanillaOptions& options,
                                                   bool spectral_norm) {
  int64_t in = 2;
  // Valid convolutions of stride 2 on a padded image halve it each time.
  for (const int64_t out : widths(options)) {
    layers_.push_back(register_module("conv" + std::to_string(layers_.size() + 1),
                                      SpectralConvolution(in, out, 4, 2, spectral_norm)));
    in = out;
  }
  layers_.push_back(
      register_module("last", SpectralConvolution(in, 1, kCoarsest, 1, spectral_norm)));
}

torch::Tensor VanillaDiscriminatorImpl::forward(torch::Tensor x) {
  for (size_t i = 0; i + 1 < layers_.size(); ++i)
    x = torch::leaky_relu(layers_[i](torch::constant_pad_nd(x, {1, 1, 1, 1})), kLeakySlope);
  return layers_.back()(x);
}

}  // namespace mammograft
