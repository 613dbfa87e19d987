#include "blend/patch_discriminator.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <algorithm>

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

}  // namespace

int64_t receptive_field(const DiscriminatorOptions& options) {
  int64_t field = 1, step = 1;
  for (size_t i = 0; i < options.kernels.size(); ++i) {
    field += (options.kernels[i] - 1) * step;
    step *= options.strides[i];
  }
  return field;
}

PatchDiscriminatorImpl::PatchDiscriminatorImpl(const DiscriminatorOptions& options)
    : options(options) {
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

torch::Tensor PatchDiscriminatorImpl::forward(const torch::Tensor& x,
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
torch::Tensor PatchDiscriminatorImpl::response_weight(const torch::Tensor& omega) const {
  int64_t step = 1;
  for (const int stride : options.strides) step *= stride;
  const torch::Tensor share = torch::avg_pool2d(omega, receptive_field(options), step);
  return weight_by_share(share, options.looks_at);
}

}  // namespace mammograft
