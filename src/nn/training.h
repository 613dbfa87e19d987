// The frame of every training: run.json, device, threads and seed, then the loop.
#pragma once

#include <torch/types.h>

#include <optional>
#include <string>

#include "core/json.h"
#include "core/rng.h"
#include "core/run_context.h"
#include "core/run_folder.h"
#include "nn/communicator.h"
#include "nn/training_loop.h"

namespace mammograft {

// What run.json says beside version and seed.
struct TrainingDescription {
  std::string kind;   // "detector", "blender", "vanilla"
  std::string input;  // fingerprint of what is learnt from
  Json options;
  std::optional<int> processes;  // that share the batches, where several can
};

class Training {
 public:
  // Sets the number of threads and seeds LibTorch. Where a checkpoint lies in the folder already,
  // the training goes on, and options, seed and input must be those of run.json: usage error
  // otherwise. A run that stopped before its first checkpoint binds nobody. usage error: a device
  // that this machine has not.
  Training(RunFolder folder, const RunContext& context, const TrainingDescription& description,
           Communicator& processes = single_process());

  const RunFolder& folder() const { return folder_; }
  torch::Device device() const { return device_; }
  Communicator& processes() const { return processes_; }
  bool writes() const { return processes_.rank() == 0; }
  Rng rng(const char* name) const { return Rng(context_.seed).fork(name); }

  // Writes run.json and runs what is left of the training; see run_training_loop(). Returns the
  // steps run now.
  int64_t run(Trainer& trainer, const LoopOptions& loop) const;

 private:
  RunFolder folder_;
  RunContext context_;
  Communicator& processes_;
  torch::Device device_;
  Json configuration_;  // run.json
};

}  // namespace mammograft
