#include "nn/optimizer.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr double kClipEpsilon = 1e-6;  // torch.nn.utils.clip_grad_norm_
constexpr double kAdamEpsilon = 1e-8;  // Kingma and Ba 2015, algorithm 1

std::string parameter_of(const std::string& key) { return key.substr(key.find('.') + 1); }

// The fused kernels walk through memory, whatever the strides are.
torch::Tensor laid_out_as(const torch::Tensor& parameter, const torch::Tensor& gradient) {
  if (gradient.strides() == parameter.strides()) return gradient;
  return at::empty_like(parameter).copy_(gradient);
}

}  // namespace

Optimizer::Optimizer(TensorMap parameters, const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  if (options_.kind != "sgd" && options_.kind != "adam") {
    fail(ErrorKind::usage, "optimizer.kind: found '{}', expected sgd or adam", options_.kind);
  }
}

void Optimizer::zero_grad() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad() = torch::Tensor();
}

torch::Tensor Optimizer::clip(const std::vector<torch::Tensor>& gradients) const {
  std::vector<torch::Tensor> norms;
  for (const torch::Tensor& gradient : gradients) {
    norms.push_back(at::linalg_vector_norm(gradient, 2, {}, false, torch::kFloat32));
  }
  if (norms.empty()) return {};
  const torch::Tensor norm = at::linalg_vector_norm(at::stack(norms));
  if (options_.clip_norm <= 0) return norm;
  const torch::Tensor factor = (options_.clip_norm / (norm + kClipEpsilon)).clamp_max(1);
  // A CPU saves a pass over all gradients; to ask another device would be to wait for it.
  if (factor.is_cpu() && factor.item<float>() >= 1) return norm;
  for (const torch::Tensor& gradient : gradients) gradient.mul_(factor);
  return norm;
}

torch::Tensor Optimizer::step(double learning_rate) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> gradients;
  for (const auto& [name, parameter] : parameters_) {
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  }
  const torch::Tensor norm = clip(gradients);
  if (options_.kind == "sgd") {
    step_sgd(learning_rate, true);
    step_sgd(learning_rate, false);
  } else {
    step_adam(learning_rate);
  }
  return norm;
}

torch::Tensor& Optimizer::slot(const std::string& kind, const std::string& name,
                               const torch::Tensor& like) {
  torch::Tensor& tensor = state_[kind + "." + name];
  if (!tensor.defined()) tensor = at::zeros_like(like);
  return tensor;
}

bool Optimizer::decays(const torch::Tensor& parameter) const {
  return options_.weight_decay != 0 && (options_.decay_bias || parameter.dim() > 1);
}

// Of the parameters that decay, or of those that do not: decay, momentum and step in one pass over
// memory, which is what a step of an optimiser costs.
void Optimizer::step_sgd(double learning_rate, bool decayed) {
  std::vector<torch::Tensor> parameters, gradients, momenta;
  for (auto& [name, parameter] : parameters_) {
    if (!parameter.grad().defined() || decays(parameter) != decayed) continue;
    parameters.push_back(parameter);
    gradients.push_back(laid_out_as(parameter, parameter.grad()));
    if (options_.momentum != 0) momenta.push_back(slot("momentum", name, parameter));
  }
  if (parameters.empty()) return;
  const double decay = decayed ? options_.weight_decay : 0;
  const torch::Device device = parameters.front().device();
  if (device.is_cpu() || device.is_cuda()) {
    at::_fused_sgd_(parameters, gradients, momenta, decay, options_.momentum, learning_rate,
                    /*dampening=*/0, /*nesterov=*/false, /*maximize=*/false,
                    /*is_first_step=*/false);
    return;
  }
  for (size_t i = 0; i < parameters.size(); ++i) {  // elsewhere there is no such kernel
    torch::Tensor change = at::add(gradients[i], parameters[i], decay);
    if (!momenta.empty()) change = momenta[i].mul_(options_.momentum).add_(change);
    parameters[i].add_(change, -learning_rate);
  }
}

void Optimizer::step_adam(double learning_rate) {
  for (auto& [name, parameter] : parameters_) {
    if (!parameter.grad().defined()) continue;
    torch::Tensor gradient = parameter.grad();
    if (decays(parameter)) gradient.add_(parameter, options_.weight_decay);
    torch::Tensor& steps = state_["steps." + name];
    if (!steps.defined()) steps = at::zeros({}, torch::kInt64);
    const double t = static_cast<double>(steps.add_(1).item<int64_t>());
    torch::Tensor& mean = slot("exp_avg", name, parameter);
    torch::Tensor& square = slot("exp_avg_sq", name, parameter);
    mean.mul_(options_.beta1).add_(gradient, 1 - options_.beta1);
    square.mul_(options_.beta2).addcmul_(gradient, gradient, 1 - options_.beta2);
    const double mean_share = 1 - std::pow(options_.beta1, t);
    const double square_share = 1 - std::pow(options_.beta2, t);
    const torch::Tensor deviation = square.sqrt().div_(std::sqrt(square_share)).add_(kAdamEpsilon);
    parameter.addcdiv_(mean, deviation, -learning_rate / mean_share);
  }
}

TensorMap Optimizer::state() const { return state_; }

void Optimizer::load_state(const TensorMap& state) {
  const torch::NoGradGuard no_grad;
  TensorMap loaded;
  for (const auto& [key, tensor] : state) {
    const auto parameter = parameters_.find(parameter_of(key));
    if (parameter == parameters_.end()) continue;  // of an earlier training stage
    if (tensor.dim() == 0 && tensor.scalar_type() == torch::kInt64) {
      loaded[key] = tensor.clone();
      continue;
    }
    if (tensor.sizes() != parameter->second.sizes()) {
      fail(ErrorKind::bad_input, "optimizer state {}: found a shape of {} values, expected {}", key,
           tensor.numel(), parameter->second.numel());
    }
    loaded[key] = at::empty_like(parameter->second).copy_(tensor);
  }
  state_ = std::move(loaded);
}

void Optimizer::set_parameters(TensorMap parameters) {
  parameters_ = std::move(parameters);
  std::erase_if(state_, [this](const auto& entry) {
    return !parameters_.contains(parameter_of(entry.first));
  });
}

}  // namespace mammograft
