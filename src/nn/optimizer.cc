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
  for (auto& [name, parameter] : parameters_) {
    if (!parameter.grad().defined()) continue;
    torch::Tensor gradient = parameter.grad();
    const bool decays = options_.weight_decay != 0 && (options_.decay_bias || parameter.dim() > 1);
    if (decays) gradient.add_(parameter, options_.weight_decay);
    if (options_.kind == "sgd") {
      step_sgd(name, parameter, gradient, learning_rate);
    } else {
      step_adam(name, parameter, gradient, learning_rate);
    }
  }
  return norm;
}

torch::Tensor& Optimizer::slot(const std::string& kind, const std::string& name,
                               const torch::Tensor& like) {
  torch::Tensor& tensor = state_[kind + "." + name];
  if (!tensor.defined()) tensor = at::zeros_like(like);
  return tensor;
}

void Optimizer::step_sgd(const std::string& name, torch::Tensor& parameter,
                         const torch::Tensor& gradient, double learning_rate) {
  if (options_.momentum == 0) {
    parameter.add_(gradient, -learning_rate);
    return;
  }
  torch::Tensor& momentum = slot("momentum", name, parameter);
  momentum.mul_(options_.momentum).add_(gradient);
  parameter.add_(momentum, -learning_rate);
}

void Optimizer::step_adam(const std::string& name, torch::Tensor& parameter,
                          const torch::Tensor& gradient, double learning_rate) {
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
