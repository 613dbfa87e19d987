#include "blend/discriminator.h"

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "blend/leaky_slope.h"
#include "core/error.h"

namespace mammograft {
namespace {

void check(const DiscriminatorOptions& options) {
  const size_t n = options.kernels.size();
  if (n == 0 || options.strides.size() != n || options.widths.size() + 1 != n) {
    fail(ErrorKind::usage,
         "discriminator: found {} kernels, {} strides and {} widths, expected as many strides as "
         "kernels, and one width fewer",
         n, options.strides.size(), options.widths.size());
  }
  for (const auto* list : {&options.kernels, &options.strides, &options.widths}) {
    for (const int value : *list) {
      if (value < 1) fail(ErrorKind::usage, "discriminator: found {}, expected 1 or more", value);
    }
  }
}

torch::Tensor unit(const torch::Tensor& v) { return v / v.norm().clamp_min(1e-12); }

}  // namespace

int64_t receptive_field(const DiscriminatorOptions& options) {
  int64_t field = 1, step = 1;
  for (size_t i = 0; i < options.kernels.size(); ++i) {
    field += (options.kernels[i] - 1) * step;
    step *= options.strides[i];
  }
  return field;
}

SpectralConvolutionImpl::SpectralConvolutionImpl(int64_t in, int64_t out, int64_t kernel,
                                                 int64_t stride, bool normalise)
    : stride(stride), normalise(normalise) {
  weight = register_parameter("weight", torch::empty({out, in, kernel, kernel}));
  bias = register_parameter("bias", torch::zeros({out}));
  torch::nn::init::kaiming_normal_(weight, kLeakySlope);
  u = register_buffer("u", unit(torch::randn({out})));
}

torch::Tensor SpectralConvolutionImpl::sigma() {
  const torch::Tensor matrix = weight.flatten(1);
  torch::Tensor v;
  {
    const torch::NoGradGuard no_grad;
    v = unit(matrix.t().mv(u));
    if (is_training()) {
      u.copy_(unit(matrix.mv(v)));
      v = unit(matrix.t().mv(u));
    }
  }
  return u.clone().dot(matrix.mv(v));
}

torch::Tensor SpectralConvolutionImpl::forward(const torch::Tensor& x) {
  const torch::Tensor w = normalise ? weight / sigma() : weight;
  return torch::conv2d(x, w.to(x.scalar_type()), bias.to(x.scalar_type()), stride);
}

DiscriminatorImpl::DiscriminatorImpl(const DiscriminatorOptions& options) : options(options) {
  check(options);
  int64_t in = options.sees_mask ? 2 : 1;
  for (size_t i = 0; i < options.kernels.size(); ++i) {
    const int64_t out = i < options.widths.size() ? options.widths[i] : 1;
    layers.push_back(
        register_module("conv" + std::to_string(i + 1),
                        SpectralConvolution(in, out, options.kernels[i], options.strides[i],
                                            options.spectral_norm)));
    in = out;
  }
}

torch::Tensor DiscriminatorImpl::forward(const torch::Tensor& x,
                                         std::optional<torch::ScalarType> compute) {
  torch::Tensor y = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (size_t i = 0; i < layers.size(); ++i) {
    y = layers[i](y);
    if (i + 1 < layers.size())
      y = torch::leaky_relu(y.to(compute.value_or(x.scalar_type())), kLeakySlope);
  }
  return y.to(x.scalar_type());
}

// A response counts by the share of its patch that lies in omega.
torch::Tensor DiscriminatorImpl::response_weight(const torch::Tensor& omega) const {
  int64_t step = 1;
  for (const int stride : options.strides) step *= stride;
  const torch::Tensor share = torch::avg_pool2d(omega, receptive_field(options), step);
  const torch::Tensor weight = options.looks_at == "omega" ? share : torch::ones_like(share);
  return weight / weight.sum({1, 2, 3}, true).clamp_min(1e-12);
}

torch::Tensor jitter(const torch::Tensor& images, const JitterOptions& options, Rng& rng) {
  if (!options.enabled) return images;
  std::vector<double> shifts, factors;
  for (int64_t i = 0; i < images.size(0); ++i) {
    shifts.push_back(rng.uniform(-options.brightness, options.brightness));
    factors.push_back(rng.uniform(options.contrast_low, options.contrast_high));
  }
  const auto column = [&](const std::vector<double>& values) {
    return torch::tensor(values, torch::kFloat64).to(images.scalar_type()).view({-1, 1, 1, 1});
  };
  const torch::Tensor mean = images.mean({1, 2, 3}, true);
  return (images - mean) * column(factors).to(images.device()) + mean +
         column(shifts).to(images.device());
}

}  // namespace mammograft
