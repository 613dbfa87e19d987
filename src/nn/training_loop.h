// The training loop that every network shares: steps, learning rate, log.jsonl, checkpoints,
// resume, divergence, cancellation. What a step does is the caller's.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/progress.h"
#include "core/run_folder.h"
#include "nn/communicator.h"
#include "nn/weights.h"

namespace mammograft {

struct StepOutput {
  std::vector<std::string> names;  // of the losses, the same at every step
  torch::Tensor values;            // [names.size()] fp32; read by the loop only when it logs
  double learning_rate = 0;
};

struct LoopOptions {
  int64_t steps = 0;
  int64_t checkpoint_every = 200;  // steps
  int64_t log_every = 10;          // a log line averages the steps since the last one
};

// What is trained, and how. step(i) must depend on i, the state and nothing else, so that a killed
// run ends as one that was never killed; it may throw cancelled only before it changes the state.
class Trainer {
 public:
  virtual ~Trainer() = default;
  virtual void prepare() {}  // before step 0 of a run without a checkpoint
  virtual StepOutput step(int64_t i) = 0;
  // The state: everything that step() reads and changes, tensors of networks and optimisers.
  virtual TensorMap save() const = 0;
  virtual void load(const TensorMap& state) = 0;
};

// Runs steps [start, options.steps) where start comes from the checkpoint in `run` if there is one
// (then the logs are cut to the lines before it, else begun anew). A loss that is not finite stops
// the run with bad_input: the step, the last learning rate, where the last good checkpoint lies.
// Cancelled: saves a checkpoint first, then throws Error{cancelled} saying how to continue. Returns
// the steps run now.
//
// Several processes run the same loop: rank 0 alone touches the folder, all start from its state,
// the values of a StepOutput must be the same in each, a cancelled one stops all. Where the loop
// throws Error, it does so in rank 0; the others wait for it to end them (Communicator::abort).
int64_t run_training_loop(const RunFolder& run, const LoopOptions& options, Trainer& trainer,
                          Progress& progress, Communicator& processes = single_process());

}  // namespace mammograft
