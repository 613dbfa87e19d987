// A detector's training, step by step: what learns, the running average, the best state.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "detect/detection_network.h"
#include "detect/kept_states.h"
#include "detect/training_options.h"
#include "detect/training_plan.h"
#include "detect/training_set.h"
#include "detect/validator.h"
#include "nn/best_state.h"
#include "nn/exponential_average.h"
#include "nn/gradient_reducer.h"
#include "nn/optimizer.h"
#include "nn/training.h"

namespace mammograft {

class DetectorTrainer : public Trainer {
 public:
  // `fresh`: names of the tensors that no file initialised. Set, validator, options and training
  // must outlive it.
  DetectorTrainer(std::shared_ptr<DetectionNetwork> network, std::vector<std::string> fresh,
                  const TrainingSet& set, const Validator& validator,
                  const DetectorTrainingOptions& options, const Training& training);

  int64_t steps() const { return plan_.back().end_step; }

  // What would be kept if training ended there is written after these steps.
  using WriteState = std::function<void(const KeptState&, const DetectionNetwork&)>;
  void keep(std::vector<KeptState> states, WriteState write);

  void prepare() override;  // batch norms; a checkpoint holds the result
  StepOutput step(int64_t i) override;
  TensorMap save() const override;
  void load(const TensorMap& tensors) override;

  // The best state by validation, or the last one where nothing was validated.
  const DetectionNetwork& best();
  int64_t best_step() const { return best_.empty() ? steps() : best_.step(); }
  std::optional<double> best_score() const {
    return best_.empty() ? std::nullopt : std::optional(best_.score());
  }

  // How long gradients took in the last stage, where several processes share a batch.
  void report_communication() const;

 private:
  void enter_stage(int64_t step);
  void add_gradients(int64_t batch, bool last, StepOutput& output);
  void hold(const TensorMap& tensors);
  void hold_current();
  void write_states();
  void validate();
  std::vector<Target> on_device(std::vector<Target> targets) const;

  std::shared_ptr<DetectionNetwork> network_;
  std::vector<std::string> fresh_;
  const TrainingSet& set_;
  const Validator& validator_;
  const DetectorTrainingOptions& options_;
  const Training& training_;
  std::vector<TrainingStage> plan_;
  Rng rng_;
  torch::Device device_;
  Communicator& processes_;
  torch::ScalarType compute_;
  Optimizer optimizer_;
  std::unique_ptr<GradientReducer> reducer_;  // of the stage
  std::optional<ExponentialAverage> average_;
  std::shared_ptr<DetectionNetwork> kept_;     // holds what is validated, and at last what is saved
  BestState best_{BestState::Better::larger};  // of kept_
  std::vector<KeptState> states_;              // to be written on the way
  WriteState write_state_;
  int64_t steps_done_ = 0;
  int stage_ = -1;
  int64_t steps_of_stage_ = 0;  // run now
};

}  // namespace mammograft
