#include "nn/training_loop.h"

#include <ATen/Functions.h>
#include <ATen/core/grad_mode.h>

#include <cmath>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/json.h"
#include "core/training_log.h"
#include "nn/tensor_broadcast.h"

namespace mammograft {
namespace {

constexpr const char* kStep = "loop.step";                   // steps done
constexpr const char* kPending = "loop.pending";             // sums of the losses not yet logged
constexpr const char* kPendingSteps = "loop.pending_steps";  // over so many steps

bool all_finite(const torch::Tensor& tensor) {
  return !tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>();
}

class Loop {
 public:
  Loop(const RunFolder& run, const LoopOptions& options, Trainer& trainer, Progress& progress,
       Communicator& processes)
      : run_(run),
        options_(options),
        trainer_(trainer),
        progress_(progress),
        processes_(processes),
        writes_(processes.rank() == 0) {}

  int64_t start();
  void add(int64_t step, const StepOutput& output);
  void log(int64_t steps_done, const StepOutput& output);
  void save(int64_t steps_done);
  [[noreturn]] void cancelled(int64_t steps_done);

 private:
  TensorMap first_state() const;
  void add_progress(TensorMap& tensors, int64_t steps_done) const;
  void leave_to_writer() const;
  [[noreturn]] void diverged(int64_t step, const std::string& what) const;
  void check(int64_t step, const StepOutput& output, const torch::Tensor& values) const;

  RunFolder run_;
  LoopOptions options_;
  Trainer& trainer_;
  Progress& progress_;
  Communicator& processes_;
  bool writes_;
  torch::Tensor pending_;  // [names] fp64, where the losses are
  int64_t pending_steps_ = 0;
  int64_t saved_step_ = -1;
  double learning_rate_ = 0;
};

// What rank 0 starts from: the checkpoint, or in several processes its fresh state; empty where
// there is nothing to load.
TensorMap Loop::first_state() const {
  TensorMap tensors;
  if (writes_ && fs::exists(run_.checkpoint())) {
    tensors = load_tensors(run_.checkpoint()).tensors;
  } else if (writes_ && processes_.size() > 1) {
    tensors = trainer_.save();
    add_progress(tensors, 0);
  }
  broadcast(tensors, processes_);
  return tensors;
}

int64_t Loop::start() {
  if (writes_) create_folder(run_.path());
  int64_t step = 0;
  TensorMap tensors = first_state();
  if (!tensors.empty()) {
    const auto taken = [&](const char* name) {
      auto node = tensors.extract(name);
      if (node.empty()) {
        leave_to_writer();
        fail(ErrorKind::bad_input, "{}: {}: found none, expected a checkpoint of a training run",
             run_.checkpoint().string(), name);
      }
      return node.mapped();
    };
    step = taken(kStep).item<int64_t>();
    pending_steps_ = taken(kPendingSteps).item<int64_t>();
    pending_ = taken(kPending);
    if (step > options_.steps) {
      leave_to_writer();
      fail(ErrorKind::bad_input, "{}: found step {}, expected at most {}",
           run_.checkpoint().string(), step, options_.steps);
    }
    trainer_.load(tensors);
    if (step > 0) saved_step_ = step;
  }
  if (!writes_) return step;
  for (const fs::path& log : {run_.log(), run_.validation_log()}) {
    if (step > 0) {
      cut_log(log, step);
    } else {
      fs::remove(log);
    }
  }
  return step;
}

// Where all processes stop at the same place, rank 0 says why and ends the others, who wait here.
void Loop::leave_to_writer() const {
  if (!writes_) processes_.any(false);
}

void Loop::diverged(int64_t step, const std::string& what) const {
  leave_to_writer();
  const std::string where = saved_step_ < 0
                                ? "there is no checkpoint yet"
                                : fmt::format("the last good checkpoint is {} (step {})",
                                              run_.checkpoint().string(), saved_step_);
  fail(ErrorKind::bad_input,
       "training diverged at step {}: {}, at learning rate {:.4g}; {}; lower the learning rate",
       step, what, learning_rate_, where);
}

void Loop::check(int64_t step, const StepOutput& output, const torch::Tensor& values) const {
  if (all_finite(values)) return;
  const torch::Tensor on_cpu = values.cpu();
  for (int64_t i = 0; i < on_cpu.numel(); ++i) {
    const double value = on_cpu[i].item<double>();
    if (!std::isfinite(value)) {
      diverged(step, fmt::format("{} is {}", output.names[static_cast<size_t>(i)], value));
    }
  }
}

void Loop::add(int64_t step, const StepOutput& output) {
  const torch::NoGradGuard no_grad;
  ensure(output.values.dim() == 1 &&
             output.values.size(0) == static_cast<int64_t>(output.names.size()),
         "step {}: {} loss names for {} values", step, output.names.size(), output.values.numel());
  learning_rate_ = output.learning_rate;
  const torch::Tensor values = output.values.detach().to(torch::kFloat64);
  if (values.is_cpu()) check(step, output, values);  // elsewhere reading would stall the device
  if (pending_steps_ == 0) {
    pending_ = values.clone();
  } else {
    pending_ = pending_.to(values.device()).add_(values);
  }
  ++pending_steps_;
}

void Loop::log(int64_t steps_done, const StepOutput& output) {
  check(steps_done - 1, output, pending_);
  if (!writes_) {
    pending_steps_ = 0;
    return;
  }
  const torch::Tensor means = (pending_ / static_cast<double>(pending_steps_)).cpu();
  Json line;
  line["step"] = steps_done;
  line["learning_rate"] = output.learning_rate;
  std::string note;
  for (size_t i = 0; i < output.names.size(); ++i) {
    const double value = means[static_cast<int64_t>(i)].item<double>();
    line[output.names[i]] = value;
    note += fmt::format("{}{} {:.3f}", i ? "  " : "", output.names[i], value);
  }
  append_line(run_.log(), line.dump());
  progress_.advance(steps_done, note);
  pending_steps_ = 0;
}

void Loop::add_progress(TensorMap& tensors, int64_t steps_done) const {
  tensors[kStep] = torch::scalar_tensor(steps_done, torch::kInt64);
  tensors[kPendingSteps] = torch::scalar_tensor(pending_steps_, torch::kInt64);
  tensors[kPending] = pending_.defined() ? pending_ : at::zeros({0}, torch::kFloat64);
}

void Loop::save(int64_t steps_done) {
  if (saved_step_ == steps_done || !writes_) return;
  TensorFile file;
  file.tensors = trainer_.save();
  for (const auto& [name, tensor] : file.tensors) {
    if (!all_finite(tensor)) {
      diverged(steps_done - 1, fmt::format("{} holds values that are not finite", name));
    }
  }
  add_progress(file.tensors, steps_done);
  save_tensors(run_.checkpoint(), file);
  saved_step_ = steps_done;
}

void Loop::cancelled(int64_t steps_done) {
  leave_to_writer();
  save(steps_done);
  fail(ErrorKind::cancelled, "stopped after {} of {} steps; run the same command again to continue",
       steps_done, options_.steps);
}

}  // namespace

int64_t run_training_loop(const RunFolder& run, const LoopOptions& options, Trainer& trainer,
                          Progress& progress, Communicator& processes) {
  for (const auto& [name, every] : {std::pair{"checkpoint_every", options.checkpoint_every},
                                    std::pair{"log_every", options.log_every}}) {
    if (every < 1) fail(ErrorKind::usage, "{}: found {}, expected 1 or more", name, every);
  }
  Loop loop(run, options, trainer, progress, processes);
  const int64_t start = loop.start();
  progress.start("training", options.steps);
  for (int64_t i = start; i < options.steps; ++i) {
    if (processes.any(cancel_requested())) loop.cancelled(i);
    StepOutput output;
    try {
      output = trainer.step(i);
    } catch (const Error& error) {
      // In several processes the others may be in the middle of the step.
      if (error.kind() != ErrorKind::cancelled || processes.size() > 1) throw;
      loop.cancelled(i);
    }
    loop.add(i, output);
    const int64_t done = i + 1;
    const bool last = done == options.steps;
    if (last || done % options.log_every == 0) {
      loop.log(done, output);
    } else {
      progress.advance(done);
    }
    if (last || done % options.checkpoint_every == 0) loop.save(done);
  }
  progress.finish();
  return options.steps - start;
}

}  // namespace mammograft
