#include "detect/detector_trainer.h"

#include <algorithm>

#include "core/files.h"
#include "core/log.h"
#include "detect/batch.h"
#include "detect/calibration.h"
#include "detect/make_network.h"
#include "detect/shared_losses.h"
#include "nn/device_copy.h"
#include "nn/precision.h"
#include "nn/tensor_names.h"

namespace mammograft {
namespace {

TensorMap learning_parameters(const DetectionNetwork& network) {
  TensorMap parameters = parameters_of(network);
  std::erase_if(parameters, [](const auto& item) { return !item.second.requires_grad(); });
  return parameters;
}

bool all_finite(const DetectionNetwork& network) {
  const std::vector<torch::Tensor> parameters = network.parameters();
  return std::all_of(parameters.begin(), parameters.end(),
                     [](const torch::Tensor& one) { return one.isfinite().all().item<bool>(); });
}

}  // namespace

DetectorTrainer::DetectorTrainer(std::shared_ptr<DetectionNetwork> network,
                                 std::vector<std::string> fresh, const TrainingSet& set,
                                 const Validator& validator, const DetectorTrainingOptions& options,
                                 const Training& training)
    : network_(std::move(network)),
      fresh_(std::move(fresh)),
      set_(set),
      validator_(validator),
      options_(options),
      training_(training),
      plan_(plan_stages(options, set, fresh_)),
      rng_(training.rng("detector")),
      device_(training.device()),
      processes_(training.processes()),
      compute_(resolve_precision(options.precision, device_)),
      // All parameters, so that a checkpoint's state finds its owners before the first stage.
      optimizer_(parameters_of(*network_), options.optimizer),
      kept_(make_unfilled_network(network_->options)) {
  network_->to(device_);
  network_->train();
  kept_->to(device_);
  kept_->eval();
  for (torch::Tensor& parameter : kept_->parameters()) parameter.set_requires_grad(false);
  if (options_.ema_decay > 0) average_.emplace(parameters_of(*network_), options_.ema_decay);
}

void DetectorTrainer::keep(std::vector<KeptState> states, WriteState write) {
  states_ = std::move(states);
  write_state_ = std::move(write);
}

void DetectorTrainer::prepare() {
  const int norms =
      calibrate_batch_norms(*network_, fresh_, set_, options_, rng_.fork("calibration"), compute_);
  if (norms > 0) {
    log_info(fmt::format("batch norms: {} take their statistics from {} images, then stay frozen",
                         norms, options_.calibration_images));
  }
}

StepOutput DetectorTrainer::step(int64_t i) {
  enter_stage(i);
  optimizer_.zero_grad();
  StepOutput output;
  for (int64_t k = 0; k < options_.accumulate; ++k) {
    add_gradients(i * options_.accumulate + k, k + 1 == options_.accumulate, output);
  }
  reducer_->finish();
  if (processes_.size() > 1) {
    output.values = output.values.cpu();
    processes_.sum(output.values);
  }
  ++steps_of_stage_;
  output.learning_rate = learning_rate(options_.schedule, i, steps());
  optimizer_.step(output.learning_rate);
  if (average_) average_->update(parameters_of(*network_));
  steps_done_ = i + 1;
  write_states();  // before the checkpoint that leaves them behind
  if (training_.writes() && !validator_.empty() &&
      (steps_done_ % options_.validation.every == 0 || steps_done_ == steps())) {
    validate();
  }
  return output;
}

// Adds the gradients of this process's part of batch number `i`, over the number of batches a
// step; and its part of the losses.
void DetectorTrainer::add_gradients(int64_t i, bool last, StepOutput& output) {
  Batch batch = make_batch(set_, options_.augment, {i, options_.batch}, set_.canvas_px(), rng_,
                           {processes_.rank(), processes_.size()});
  std::vector<LossTerm> terms =
      network_->losses(to_device(batch.images, device_), on_device(batch.targets), batch.rngs,
                       compute_, options_.loss);
  share_losses(terms, processes_);
  const double share = 1.0 / options_.accumulate;
  const torch::Tensor total = total_loss(terms) * share;
  if (last) reducer_->begin();
  total.backward();
  output.names = {"loss"};
  std::vector<torch::Tensor> values = {total};
  for (const LossTerm& term : terms) {
    output.names.push_back(term.name);
    values.push_back(term.value * share);
  }
  const torch::Tensor sum = torch::stack(values).detach();
  output.values = output.values.defined() ? output.values + sum : sum;
}

const DetectionNetwork& DetectorTrainer::best() {
  enter_stage(steps() - 1);  // a run that was killed behind its last step has entered none
  best_.empty() ? hold_current() : hold(best_.tensors());
  return *kept_;
}

TensorMap DetectorTrainer::save() const {
  TensorMap tensors = with_prefix(copied(named_tensors(*network_)), "model.");
  tensors.merge(with_prefix(optimizer_.state(), "optimizer."));
  if (average_) tensors.merge(with_prefix(average_->state(), "average."));
  tensors.merge(best_.state());
  tensors["steps_done"] = torch::scalar_tensor(steps_done_, torch::kInt64);
  return tensors;
}

void DetectorTrainer::load(const TensorMap& tensors) {
  load_into(without_prefix(tensors, "model."), *network_);
  optimizer_.load_state(without_prefix(tensors, "optimizer."));
  if (average_) average_->load_state(without_prefix(tensors, "average."));
  best_.load_state(tensors);
  steps_done_ = tensors.at("steps_done").item<int64_t>();
}

void DetectorTrainer::report_communication() const {
  if (processes_.size() == 1 || steps_of_stage_ == 0) return;
  const double ms = 1000 / static_cast<double>(steps_of_stage_);
  const CommunicationTime time = reducer_->time();
  log_info(fmt::format(
      "{} processes: gradients were on their way for {:.0f} ms a step, {:.0f} ms of it after the "
      "backward pass",
      processes_.size(), ms * time.total_s, ms * time.exposed_s));
}

void DetectorTrainer::hold(const TensorMap& tensors) { load_into(tensors, *kept_); }

// What would be kept if training ended now.
void DetectorTrainer::hold_current() {
  hold(named_tensors(*network_));
  if (!average_) return;
  // What is frozen stays as it is, to the last bit.
  TensorMap averages = average_->value();
  const TensorMap learning = learning_parameters(*network_);
  std::erase_if(averages, [&](const auto& item) { return !learning.contains(item.first); });
  hold(averages);
}

void DetectorTrainer::write_states() {
  if (!training_.writes()) return;
  for (const KeptState& state : states_) {
    if (state.step != steps_done_) continue;
    hold_current();
    if (all_finite(*kept_)) write_state_(state, *kept_);
  }
}

void DetectorTrainer::validate() {
  hold_current();
  if (!all_finite(*kept_)) return;  // the loop is about to say that the training diverged
  const double score = validator_.score(*kept_, device_, compute_);
  append_line(training_.folder().validation_log(),
              Json{{"step", steps_done_}, {"score", score}}.dump());
  best_.offer(score, steps_done_, named_tensors(*kept_));
}

void DetectorTrainer::enter_stage(int64_t step) {
  size_t stage = 0;
  while (stage + 1 < plan_.size() && step >= plan_[stage].end_step) ++stage;
  if (static_cast<int>(stage) == stage_) return;
  stage_ = static_cast<int>(stage);
  ResNet50& body = network_->backbone->body;
  body->freeze(std::min(plan_[stage].frozen, body->stages()));
  optimizer_.set_parameters(learning_parameters(*network_));
  std::vector<torch::Tensor> learning;
  for (const torch::Tensor& parameter : network_->parameters()) {
    if (parameter.requires_grad()) learning.push_back(parameter);
  }
  reducer_.reset();  // before another watches the same parameters
  reducer_ = std::make_unique<GradientReducer>(std::move(learning), processes_);
  steps_of_stage_ = 0;
}

std::vector<Target> DetectorTrainer::on_device(std::vector<Target> targets) const {
  for (Target& t : targets) {
    for (torch::Tensor* tensor : {&t.boxes, &t.labels, &t.masks, &t.has_mask, &t.ignored}) {
      *tensor = to_device(*tensor, device_);
    }
  }
  return targets;
}

}  // namespace mammograft
