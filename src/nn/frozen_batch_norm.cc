#include "nn/frozen_batch_norm.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "nn/differentiable_convolution.h"
#include "nn/precision.h"

namespace mammograft {
namespace {

std::array<int64_t, 2> pair_of(const torch::ExpandingArray<2>& values) {
  return {(*values)[0], (*values)[1]};
}

std::array<int64_t, 2> padding_of(const torch::nn::Conv2d& conv) {
  const auto* values = std::get_if<torch::ExpandingArray<2>>(&conv->options.padding());
  ensure(values != nullptr, "conv_bn: expected a convolution with numeric padding");
  return pair_of(*values);
}

// In fp32 at least, so that bf16 rounds once.
torch::Tensor folded_weight(const torch::nn::Conv2d& conv, const FrozenBatchNormImpl& bn) {
  return at_least_fp32(conv->weight) * bn.scale().view({-1, 1, 1, 1});
}

// Chan, Golub, LeVeque 1979: mean and variance of k + 1 equal batches from those of k and of one.
void gather(FrozenBatchNormImpl& bn, const torch::Tensor& mean, const torch::Tensor& var) {
  const double k = static_cast<double>(bn.calibration_batches++);
  const torch::Tensor delta = mean - bn.running_mean;
  bn.running_mean.add_(delta, 1 / (k + 1));
  bn.running_var.add_((var - bn.running_var + delta.square() * (k / (k + 1))) / (k + 1));
}

torch::Tensor calibrate(const torch::nn::Conv2d& conv, FrozenBatchNormImpl& bn,
                        const torch::Tensor& x) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor y = at_least_fp32(at::conv2d(
      x, conv->weight.to(x.scalar_type()), {}, pair_of(conv->options.stride()), padding_of(conv)));
  const auto [var, mean] = at::var_mean(y, at::IntArrayRef{0, 2, 3}, /*unbiased=*/false);
  gather(bn, mean, var);
  const torch::Tensor scale = bn.weight * at::rsqrt(var + bn.eps);
  const torch::Tensor shift = bn.bias - mean * scale;
  return (y * scale.view({1, -1, 1, 1}) + shift.view({1, -1, 1, 1})).to(x.scalar_type());
}

bool records_gradient(const torch::nn::Conv2d& conv, const torch::Tensor& x) {
  return at::GradMode::is_enabled() && (conv->weight.requires_grad() || x.requires_grad());
}

std::shared_ptr<const InferenceConvolution> folded(const torch::nn::Conv2d& conv,
                                                   const FrozenBatchNorm& bn,
                                                   torch::ScalarType dtype) {
  FrozenBatchNormImpl& norm = *bn.ptr();
  return norm.folded.get(
      {conv->weight, norm.weight, norm.bias, norm.running_mean, norm.running_var}, dtype, [&] {
        return InferenceConvolution(folded_weight(conv, norm), norm.shift(),
                                    pair_of(conv->options.stride()), padding_of(conv), dtype);
      });
}

// The path that autograd follows.
torch::Tensor recorded(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                       const torch::Tensor& x) {
  return differentiable_convolution(x, folded_weight(conv, *bn), bn->shift(),
                                    pair_of(conv->options.stride()), padding_of(conv));
}

}  // namespace

FrozenBatchNormImpl::FrozenBatchNormImpl(int64_t channels, double eps) : eps(eps) {
  weight = register_buffer("weight", torch::ones({channels}));
  bias = register_buffer("bias", torch::zeros({channels}));
  running_mean = register_buffer("running_mean", torch::zeros({channels}));
  running_var = register_buffer("running_var", torch::ones({channels}));
}

torch::Tensor FrozenBatchNormImpl::scale() const {
  return at_least_fp32(weight) * at::rsqrt(at_least_fp32(running_var) + eps);
}

torch::Tensor FrozenBatchNormImpl::shift() const {
  return at_least_fp32(bias) - at_least_fp32(running_mean) * scale();
}

void FrozenBatchNormImpl::begin_calibration() {
  const torch::NoGradGuard no_grad;
  running_mean.zero_();
  running_var.zero_();
  calibration_batches = 0;
  calibrating = true;
}

torch::Tensor conv_bn(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                      const torch::Tensor& x) {
  if (bn->calibrating) return calibrate(conv, *bn.ptr(), x);
  if (records_gradient(conv, x)) return recorded(conv, bn, x);
  return (*folded(conv, bn, x.scalar_type()))(x, /*relu=*/false);
}

torch::Tensor conv_bn_relu(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                           const torch::Tensor& x) {
  if (bn->calibrating || records_gradient(conv, x)) return conv_bn(conv, bn, x).relu_();
  return (*folded(conv, bn, x.scalar_type()))(x, /*relu=*/true);
}

torch::Tensor conv_bn_add_relu(const torch::nn::Conv2d& conv, const FrozenBatchNorm& bn,
                               const torch::Tensor& x, const torch::Tensor& shortcut) {
  if (bn->calibrating || records_gradient(conv, x) ||
      (at::GradMode::is_enabled() && shortcut.requires_grad())) {
    return conv_bn(conv, bn, x).add_(shortcut).relu_();
  }
  return (*folded(conv, bn, x.scalar_type()))(x, /*relu=*/true, shortcut);
}

}  // namespace mammograft
