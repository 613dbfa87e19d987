#include "blend/spectral_convolution.h"

#include <torch/nn/init.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "blend/leaky_slope.h"

namespace mammograft {
namespace {

torch::Tensor unit(const torch::Tensor& v) { return v / v.norm().clamp_min(1e-12); }

}  // namespace

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

}  // namespace mammograft
