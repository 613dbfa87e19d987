// SGD with momentum and Adam over named parameters, with a state that goes into checkpoints.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/optimizer_options.h"
#include "nn/weights.h"

namespace mammograft {

// Parameters that receive no gradient in a step are skipped. Equal to
// torch.optim.SGD / Adam (tested against torch::optim).
class Optimizer {
 public:
  Optimizer(TensorMap parameters, const OptimizerOptions& options);
  void zero_grad();
  // Clips and steps; returns their norm before clipping: a scalar on
  // their device, for which nobody has waited there; undefined without gradients.
  torch::Tensor step(double learning_rate);
  TensorMap state()
      const;  // "momentum.<name>"; "exp_avg.<name>", "exp_avg_sq.<name>", "steps.<name>"
  void load_state(const TensorMap& state);
  void set_parameters(TensorMap parameters);  // a new training stage; state of kept names is kept

 private:
  torch::Tensor clip(const std::vector<torch::Tensor>& gradients) const;
  torch::Tensor& slot(const std::string& kind, const std::string& name, const torch::Tensor& like);
  bool decays(const torch::Tensor& parameter) const;
  void step_sgd(double learning_rate, bool decayed);
  void step_adam(double learning_rate);
  TensorMap parameters_;
  OptimizerOptions options_;
  TensorMap state_;  // by parameter: one that was frozen for a while is corrected by its own steps
};

}  // namespace mammograft
