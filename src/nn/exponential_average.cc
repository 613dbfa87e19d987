#include "nn/exponential_average.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

#include "core/error.h"

namespace mammograft {

ExponentialAverage::ExponentialAverage(const TensorMap& parameters, double decay) : decay_(decay) {
  if (!(decay >= 0 && decay < 1))
    fail(ErrorKind::usage, "ema_decay: found {}, expected 0 or more and less than 1", decay);
  for (const auto& [name, tensor] : parameters) average_[name] = at::zeros_like(tensor.detach());
}

void ExponentialAverage::update(const TensorMap& parameters) {
  const at::NoGradGuard no_grad;
  for (auto& [name, average] : average_) average.lerp_(parameters.at(name).detach(), 1 - decay_);
  ++steps_;
}

TensorMap ExponentialAverage::value() const {
  ensure(steps_ > 0, "an average of nothing");
  const double share = 1 - std::pow(decay_, static_cast<double>(steps_));
  TensorMap value;
  for (const auto& [name, average] : average_) value[name] = average / share;
  return value;
}

TensorMap ExponentialAverage::state() const {
  TensorMap state;
  for (const auto& [name, average] : average_) state["average." + name] = average;
  state["steps"] = at::scalar_tensor(steps_, at::kLong);
  return state;
}

void ExponentialAverage::load_state(const TensorMap& state) {
  const at::NoGradGuard no_grad;
  for (auto& [name, average] : average_) average.copy_(state.at("average." + name));
  steps_ = state.at("steps").item<int64_t>();
}

}  // namespace mammograft
