#include "detect/train_detector.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cmath>
#include <functional>

#include "cohort/fingerprint.h"
#include "cohort/patients.h"
#include "core/files.h"
#include "core/first_few.h"
#include "core/log.h"
#include "detect/anchor_fit.h"
#include "detect/batch.h"
#include "detect/calibration.h"
#include "detect/detector_file.h"
#include "detect/kept_states.h"
#include "detect/make_network.h"
#include "detect/shared_losses.h"
#include "detect/training_plan.h"
#include "detect/validator.h"
#include "nn/best_state.h"
#include "nn/communicator.h"
#include "nn/device_copy.h"
#include "nn/exponential_average.h"
#include "nn/gradient_reducer.h"
#include "nn/optimizer.h"
#include "nn/precision.h"
#include "nn/tensor_names.h"
#include "nn/training.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

AnchorOptions choose_anchors(const DetectorTrainingOptions& options, const TrainingSet& set) {
  const std::vector<Box> boxes = set.boxes();
  AnchorOptions anchors = options.model.anchors;
  const DetectorOptions preset = detector_preset(options.model.preset, options.model.arch);
  if (preset.preset == "light" && anchors.sizes == preset.anchors.sizes) {
    // The preset's sizes belong to its long side; a mass shrinks along with the image.
    const double shrunk =
        static_cast<double>(options.model.input.long_side_px) / preset.input.long_side_px;
    for (double& size : anchors.sizes) size = std::round(size * shrunk);
  }
  const std::vector<int> strides = options.model.strides();
  const double threshold = options.model.fg_iou();
  if (options.anchor_choice == "fit") anchors = fit_anchors(boxes, anchors, strides);
  const AnchorCoverage coverage = anchor_coverage(boxes, anchors, strides, threshold);
  log_info(fmt::format(
      "anchors ({}): {} sizes, {} ratios; {:.0f} % of {} masses have an anchor with IoU >= {}, "
      "mean best IoU {:.2f}",
      options.anchor_choice, anchors.sizes.size(), anchors.ratios.size(), 100 * coverage.share,
      boxes.size(), threshold, coverage.mean_iou));
  return anchors;
}

void report_unseen(const TrainingSet& set, bool writes) {
  constexpr const char* kWhy =
      "smaller than one of its pixels, outside of the breast that it sees, or not annotated";
  if (writes && !set.unseen().empty()) {
    log_warning(fmt::format("left out: {} images of which the network sees no mass ({}): {}",
                            set.unseen().size(), kWhy, first_few(set.unseen(), 5)));
  }
  if (writes && !set.partly_unseen().empty()) {
    log_warning(
        fmt::format("{} images have a mass that the network sees and one that it does not: {}",
                    set.partly_unseen().size(), first_few(set.partly_unseen(), 5)));
  }
}

void report_initialisation(const std::string& from, const LoadReport& report) {
  log_info(fmt::format("start: {}: {} tensors loaded, {} new, {} of the file unused", from,
                       report.loaded.size(), report.missing.size() + report.mismatched.size(),
                       report.unused.size()));
  for (const std::string& text : texts_of(report.mismatched))
    log_info("  another shape, starts fresh: " + text);
  for (const std::string& name : report.unused) log_info("  not used: " + name);
}

// Patients that the starting file learnt from stay with the model: their images are leaks too.
PatientSet inherited_patients(const fs::path& init) {
  const auto metadata = read_safetensors_header(init).metadata;
  if (metadata.find("kind") == metadata.end()) return {};
  return read_detector_info(init).patients_hashed;
}

// What the network starts as.
struct Initialisation {
  std::vector<std::string> fresh;  // names of the tensors that no file initialised
  PatientSet patients;             // of the file
};

Initialisation initialise(const std::string& init, const fs::path& file,
                          DetectionNetwork& network) {
  Initialisation start;
  if (init == "random") {
    for (const auto& [name, tensor] : named_tensors(network)) start.fresh.push_back(name);
    return start;
  }
  const LoadReport report = initialise_from(file, network);
  report_initialisation(init, report);
  if (report.loaded.empty())
    fail(ErrorKind::bad_input, "{}: no tensor fits this detector", file.string());
  start.fresh = report.missing;
  for (const Mismatch& mismatch : report.mismatched) start.fresh.push_back(mismatch.name);
  start.patients = inherited_patients(file);
  return start;
}

TensorMap learning_parameters(const DetectionNetwork& network) {
  TensorMap parameters = parameters_of(network);
  std::erase_if(parameters, [](const auto& item) { return !item.second.requires_grad(); });
  return parameters;
}

void check_options(const DetectorTrainingOptions& options, const Communicator& processes) {
  const auto positive = [](const char* name, int64_t value) {
    if (value < 1) fail(ErrorKind::usage, "{}: found {}, expected 1 or more", name, value);
  };
  positive("batch", options.batch);
  positive("accumulate", options.accumulate);
  positive("validation.every", options.validation.every);
  if (options.batch % processes.size() != 0) {
    fail(ErrorKind::usage, "batch: found {}, expected a multiple of the {} processes",
         options.batch, processes.size());
  }
}

class DetectorTrainer : public Trainer {
 public:
  // `fresh`: names of the tensors that no file initialised.
  DetectorTrainer(std::shared_ptr<DetectionNetwork> network, std::vector<std::string> fresh,
                  const TrainingSet& set, const Validator& validator,
                  const DetectorTrainingOptions& options, const Training& training)
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
        kept_(make_network(network_->options)) {
    network_->to(device_);
    network_->train();
    kept_->to(device_);
    kept_->eval();
    for (torch::Tensor& parameter : kept_->parameters()) parameter.set_requires_grad(false);
    if (options_.ema_decay > 0) average_.emplace(parameters_of(*network_), options_.ema_decay);
  }

  int64_t steps() const { return plan_.back().end_step; }

  // What would be kept if training ended there is written after these steps.
  using WriteState = std::function<void(const KeptState&, const DetectionNetwork&)>;
  void keep(std::vector<KeptState> states, WriteState write) {
    states_ = std::move(states);
    write_state_ = std::move(write);
  }

  // A checkpoint holds the result.
  void prepare() override {
    const int norms = calibrate_batch_norms(*network_, fresh_, set_, options_,
                                            rng_.fork("calibration"), compute_);
    if (norms > 0) {
      log_info(fmt::format("batch norms: {} take their statistics from {} images, then stay frozen",
                           norms, options_.calibration_images));
    }
  }

  StepOutput step(int64_t i) override {
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

  // The best state by validation, or the last one where nothing was validated.
  const DetectionNetwork& best() {
    enter_stage(steps() - 1);  // a run that was killed behind its last step has entered none
    best_.empty() ? hold_current() : hold(best_.tensors());
    return *kept_;
  }
  int64_t best_step() const { return best_.empty() ? steps() : best_.step(); }
  std::optional<double> best_score() const {
    return best_.empty() ? std::nullopt : std::optional(best_.score());
  }

  TensorMap save() const override {
    TensorMap tensors = with_prefix(copied(named_tensors(*network_)), "model.");
    tensors.merge(with_prefix(optimizer_.state(), "optimizer."));
    if (average_) tensors.merge(with_prefix(average_->state(), "average."));
    tensors.merge(best_.state());
    tensors["steps_done"] = torch::scalar_tensor(steps_done_, torch::kInt64);
    return tensors;
  }

  void load(const TensorMap& tensors) override {
    load_into(without_prefix(tensors, "model."), *network_);
    optimizer_.load_state(without_prefix(tensors, "optimizer."));
    if (average_) average_->load_state(without_prefix(tensors, "average."));
    best_.load_state(tensors);
    steps_done_ = tensors.at("steps_done").item<int64_t>();
  }

  // How long gradients took in the last stage.
  void report_communication() const {
    if (processes_.size() == 1 || steps_of_stage_ == 0) return;
    const double ms = 1000 / static_cast<double>(steps_of_stage_);
    const CommunicationTime time = reducer_->time();
    log_info(fmt::format(
        "{} processes: gradients were on their way for {:.0f} ms a step, {:.0f} ms of it after the "
        "backward pass",
        processes_.size(), ms * time.total_s, ms * time.exposed_s));
  }

 private:
  // Adds the gradients of this process's part of batch number `i`, over the number of batches a
  // step; and its part of the losses.
  void add_gradients(int64_t i, bool last, StepOutput& output) {
    Batch batch =
        make_batch(set_, options_.augment, {i, options_.batch}, options_.model.input.long_side_px,
                   rng_, {processes_.rank(), processes_.size()});
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

  // What would be kept if training ended now.
  void hold_current() {
    hold(named_tensors(*network_));
    if (!average_) return;
    // What is frozen stays as it is, to the last bit.
    TensorMap averages = average_->value();
    const TensorMap learning = learning_parameters(*network_);
    std::erase_if(averages, [&](const auto& item) { return !learning.contains(item.first); });
    hold(averages);
  }
  void hold(const TensorMap& tensors) { load_into(tensors, *kept_); }

  void write_states() {
    if (!training_.writes()) return;
    for (const KeptState& state : states_) {
      if (state.step != steps_done_) continue;
      hold_current();
      write_state_(state, *kept_);
    }
  }

  void validate() {
    hold_current();
    const double score = validator_.score(*kept_, device_, compute_);
    append_line(training_.folder().validation_log(),
                Json{{"step", steps_done_}, {"score", score}}.dump());
    best_.offer(score, steps_done_, named_tensors(*kept_));
  }

  void enter_stage(int64_t step) {
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

  std::vector<Target> on_device(std::vector<Target> targets) const {
    for (Target& t : targets) {
      for (torch::Tensor* tensor : {&t.boxes, &t.labels, &t.masks, &t.has_mask, &t.ignored}) {
        *tensor = to_device(*tensor, device_);
      }
    }
    return targets;
  }

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

// All from whom the network has learnt, beside those of the file that it started from.
PatientSet teachers(const TrainingSet& set, const Cohort& validation, const Cohort& cohort) {
  PatientSet patients = PatientSet::of(set.patients());
  // What chose the state has taught it too.
  for (const ImageRecord& image : validation.images) patients.insert(image.patient_id);
  patients.merge(learnt_from(cohort));
  if (set.fresh()) patients.merge(set.fresh()->source().patients());
  return patients;
}

void report_data(const TrainingSet& set, const Cohort& validation) {
  log_info(
      fmt::format("training on {} images of {} patients, {} with a mass; {} left out by status",
                  set.size(), set.patients().size(), set.images_with_mass(), set.left_out()));
  if (set.synthetic_images() > 0) {
    log_info(
        fmt::format("{} of the images are synthetic; of the draws with a mass they are {:.0f} % "
                    "(--data-synthetic-share)",
                    set.synthetic_images(), 100 * set.synthetic_share()));
  }
  if (set.fresh()) {
    log_info(fmt::format(
        "{:.0f} % of the draws with a mass are fresh grafts by {} (--data-synthetic-share)",
        100 * set.synthetic_share(), set.fresh()->source().method()));
  }
  if (!validation.images.empty()) {
    log_info(fmt::format("{} images of other patients are held out to choose the best state",
                         validation.images.size()));
  }
}

void report_best(const DetectorTrainer& trainer) {
  if (!trainer.best_score()) return;
  log_info(fmt::format("the state of step {} is the best, validation score {:.3f}",
                       trainer.best_step(), *trainer.best_score()));
}

// What the model's file says of its training.
Json training_json(int64_t steps, const TrainingSet& set, const DetectorTrainingOptions& options,
                   uint64_t seed) {
  Json training = {{"seed", seed},
                   {"steps", steps},
                   {"images", set.size()},
                   {"images_with_mass", set.images_with_mass()},
                   {"init", options.init}};
  if (set.fresh()) {
    const GraftSource& source = set.fresh()->source();
    training["fresh_grafts"] = {{"method", source.method()},
                                {PatientSet::kKey, source.patients().to_json()}};
  }
  return training;
}

// A detector's file in the middle of the training: it has learnt from nobody else.
DetectorTrainer::WriteState state_writer(const RunFolder& run, const DetectorInfo& about) {
  return [run, about](const KeptState& state, const DetectionNetwork& network) {
    DetectorInfo info = about;
    info.training["steps_of"] = info.training["steps"];
    info.training["steps"] = state.step;
    save_detector(run.path() / state.name, network, info);
  };
}

// Of a run that bound nobody, since it stopped before its first checkpoint.
void remove_kept_states(const RunFolder& run) {
  if (fs::exists(run.checkpoint())) return;
  for (const std::string& name : kept_names_in(run.path())) fs::remove(run.path() / name);
}

// What run.json keeps, so that a training goes on as it was begun.
Json options_of_run(const DetectorTrainingOptions& options, const DetectorStart& start) {
  Json json = to_json(options);
  if (start.grafts) json["fresh_grafts"] = start.grafts->description;
  return json;
}

std::unique_ptr<FreshGrafts> open_grafts(const DetectorStart& start, const ValidationSplit& split,
                                         const DetectorTrainingOptions& options) {
  if (!start.grafts) return nullptr;
  return std::make_unique<FreshGrafts>(start.grafts->open(split.training, split.held_out),
                                       split.held_out, options.model.input,
                                       options.data.mask_from == "any");
}

}  // namespace

TrainingRun train_detector(const Cohort& cohort, const DetectorTrainingOptions& given,
                           const DetectorStart& start, const RunFolder& run,
                           const RunContext& context, Communicator& processes) {
  check_options(given, processes);
  const Training training(
      run, context,
      {"detector", fingerprint(cohort), options_of_run(given, start), processes.size()}, processes);
  ValidationOptions holding_out = given.validation;
  if (!start.score) holding_out.share = 0;
  const ValidationSplit split = split_validation(cohort, holding_out, context.seed);
  const TrainingSet set(split.training, given.model.input, given.data, context.threads,
                        context.progress, open_grafts(start, split, given));
  const Validator validator(split.validation, given.model.input, start.score, context.threads,
                            context.progress);
  report_data(set, split.validation);
  report_unseen(set, training.writes());
  DetectorTrainingOptions options = given;
  options.model.anchors = choose_anchors(given, set);

  const auto network = make_network(options.model);
  Initialisation initial = initialise(options.init, start.file, *network);
  const bool masks = network->has_masks() && set.any_mask();
  if (training.writes() && network->has_masks() && !masks)
    log_warning(
        "no annotation has a drawn contour: the mask head does not learn and detections have no "
        "masks");
  DetectorTrainer trainer(network, initial.fresh, set, validator, options, training);
  initial.patients.merge(teachers(set, split.validation, cohort));
  DetectorInfo info{options.model, masks, initial.patients,
                    training_json(trainer.steps(), set, options, context.seed)};
  trainer.keep(plan_kept_states(options, set), state_writer(run, info));
  if (training.writes()) remove_kept_states(run);
  const int64_t steps =
      training.run(trainer, {trainer.steps(), options.checkpoint_every, options.log_every});
  trainer.report_communication();
  if (!training.writes()) return {run.model(), steps};
  report_best(trainer);
  if (const std::optional<double> best_score = trainer.best_score()) {
    info.training["best_step"] = trainer.best_step();
    info.training["validation_score"] = *best_score;
    info.training["validation_images"] = split.validation.images.size();
  }
  save_detector(run.model(), trainer.best(), info);
  return {run.model(), steps, trainer.best_step()};
}

}  // namespace mammograft
