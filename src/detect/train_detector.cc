#include "detect/train_detector.h"

#include <torch/torch.h>

#include <cmath>
#include <set>

#include "cohort/detections.h"
#include "cohort/fingerprint.h"
#include "cohort/provenance.h"
#include "core/files.h"
#include "core/log.h"
#include "detect/anchor_fit.h"
#include "detect/batch.h"
#include "detect/calibration.h"
#include "detect/detector_file.h"
#include "detect/training_plan.h"
#include "nn/optimizer.h"
#include "nn/precision.h"
#include "nn/training_loop.h"
#include "nn/training_run.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

AnchorOptions choose_anchors(const DetectorTrainingOptions& options, const TrainingSet& set) {
  const std::vector<Box> boxes = set.boxes();
  AnchorOptions anchors = options.model.anchors;
  const DetectorOptions preset = detector_preset(options.model.preset);
  if (preset.preset == "light" && anchors.sizes == preset.anchors.sizes) {
    // The preset's sizes belong to its long side; a mass shrinks along with the image.
    const double shrunk =
        static_cast<double>(options.model.input.long_side_px) / preset.input.long_side_px;
    for (double& size : anchors.sizes) size = std::round(size * shrunk);
  }
  const std::vector<int> strides = options.model.strides();
  const double threshold = options.model.rpn.fg_iou;
  if (options.anchor_choice == "fit") anchors = fit_anchors(boxes, anchors, strides);
  const AnchorCoverage coverage = anchor_coverage(boxes, anchors, strides, threshold);
  log_info(fmt::format(
      "anchors ({}): {} sizes, {} ratios; {:.0f} % of {} masses have an anchor with IoU >= {}, "
      "mean best IoU {:.2f}",
      options.anchor_choice, anchors.sizes.size(), anchors.ratios.size(), 100 * coverage.share,
      boxes.size(), threshold, coverage.mean_iou));
  return anchors;
}

void report_initialisation(const std::string& from, const LoadReport& report) {
  log_info(fmt::format("start: {}: {} tensors loaded, {} new, {} of the file unused", from,
                       report.loaded.size(), report.missing.size() + report.mismatched.size(),
                       report.unused.size()));
  for (const std::string& name : report.mismatched)
    log_info("  another shape, starts fresh: " + name);
  for (const std::string& name : report.unused) log_info("  not used: " + name);
}

// Patients that the starting file learnt from stay with the model: their images are leaks too.
std::set<std::string> inherited_patients(const fs::path& init) {
  const auto metadata = read_safetensors_header(init).metadata;
  if (metadata.find("kind") == metadata.end()) return {};
  const std::vector<std::string> hashed = read_detector_info(init).patients_hashed;
  return {hashed.begin(), hashed.end()};
}

// What a training starts from.
struct Start {
  std::vector<std::string> fresh;  // names of the tensors that no file initialised
  std::set<std::string> patients;  // hashed
};

Start initialise(const DetectorTrainingOptions& options, const fs::path& imagenet,
                 DetectionNetwork& network) {
  Start start;
  if (options.init == "random") {
    for (const auto& [name, tensor] : named_tensors(network)) start.fresh.push_back(name);
    return start;
  }
  const fs::path file = options.init == "imagenet" ? imagenet : fs::path(options.init);
  const LoadReport report = initialise_from(file, network);
  report_initialisation(options.init, report);
  if (report.loaded.empty())
    fail(ErrorKind::bad_input, "{}: no tensor fits this detector", file.string());
  start.fresh = report.missing;
  for (const std::string& text : report.mismatched)
    start.fresh.push_back(text.substr(0, text.find(':')));
  start.patients = inherited_patients(file);
  return start;
}

TensorMap parameters_of(const DetectionNetwork& network, bool only_learning) {
  TensorMap parameters;
  for (const auto& item : network.named_parameters()) {
    if (!only_learning || item.value().requires_grad()) parameters[item.key()] = item.value();
  }
  return parameters;
}

class DetectorTrainer {
 public:
  DetectorTrainer(std::shared_ptr<DetectionNetwork> network, const TrainingSet& set,
                  const DetectorTrainingOptions& options, std::vector<TrainingStage> plan,
                  uint64_t seed, torch::Device device)
      : network_(std::move(network)),
        set_(set),
        options_(options),
        plan_(std::move(plan)),
        rng_(Rng(seed).fork("detector")),
        device_(device),
        compute_(resolve_precision(options.precision, device)),
        // All parameters, so that a checkpoint's state finds its owners before the first stage.
        optimizer_(parameters_of(*network_, /*only_learning=*/false), options.optimizer) {
    network_->to(device_);
    network_->train();
  }

  int64_t steps() const { return plan_.back().end_step; }

  // Before the first step; a checkpoint holds the result.
  void calibrate(const std::vector<std::string>& fresh) {
    const int norms = calibrate_batch_norms(*network_, fresh, set_, options_,
                                            rng_.fork("calibration"), device_, compute_);
    if (norms > 0) {
      log_info(fmt::format("batch norms: {} take their statistics from {} images, then stay frozen",
                           norms, options_.calibration_images));
    }
  }

  StepOutput step(int64_t i) {
    enter_stage(i);
    Batch batch = make_batch(set_, options_.augment, i, options_.batch,
                             options_.model.input.long_side_px, rng_);
    const std::vector<LossTerm> terms = network_->losses(
        batch.images.to(device_), on_device(batch.targets), batch.rngs, compute_, options_.loss);
    const torch::Tensor total = total_loss(terms);
    optimizer_.zero_grad();
    total.backward();
    const double rate = learning_rate(options_.schedule, i, steps());
    optimizer_.step(rate);
    StepOutput output{{"loss"}, {}, rate};
    std::vector<torch::Tensor> values = {total};
    for (const LossTerm& term : terms) {
      output.names.push_back(term.name);
      values.push_back(term.value);
    }
    output.values = torch::stack(values).detach();
    return output;
  }

  TensorMap save() const {
    TensorMap tensors;
    for (const auto& [name, tensor] : named_tensors(*network_))
      tensors["model." + name] = tensor.detach();
    for (const auto& [name, tensor] : optimizer_.state()) tensors["optimizer." + name] = tensor;
    return tensors;
  }

  void load(const TensorMap& tensors) {
    TensorMap model, optimizer;
    for (const auto& [name, tensor] : tensors) {
      if (name.rfind("model.", 0) == 0) model[name.substr(6)] = tensor;
      if (name.rfind("optimizer.", 0) == 0) optimizer[name.substr(10)] = tensor;
    }
    load_into(model, *network_);
    optimizer_.load_state(optimizer);
  }

  const DetectionNetwork& network() const { return *network_; }

 private:
  void enter_stage(int64_t step) {
    size_t stage = 0;
    while (stage + 1 < plan_.size() && step >= plan_[stage].end_step) ++stage;
    if (static_cast<int>(stage) == stage_) return;
    stage_ = static_cast<int>(stage);
    ResNet50& body = network_->backbone->body;
    body->freeze(std::min(plan_[stage].frozen, body->stages()));
    optimizer_.set_parameters(parameters_of(*network_, /*only_learning=*/true));
  }

  std::vector<Target> on_device(std::vector<Target> targets) const {
    if (device_.is_cpu()) return targets;
    for (Target& t : targets) {
      for (torch::Tensor* tensor : {&t.boxes, &t.labels, &t.masks, &t.has_mask, &t.ignored}) {
        *tensor = tensor->to(device_);
      }
    }
    return targets;
  }

  std::shared_ptr<DetectionNetwork> network_;
  const TrainingSet& set_;
  const DetectorTrainingOptions& options_;
  std::vector<TrainingStage> plan_;
  Rng rng_;
  torch::Device device_;
  torch::ScalarType compute_;
  Optimizer optimizer_;
  int stage_ = -1;
};

}  // namespace

DetectorTrainingOptions training_preset(const std::string& name) {
  DetectorTrainingOptions options;
  options.model = detector_preset(name);
  if (name == "light") return options;
  // Lin et al. 2019: heads 30, stage 4 and up 30, all 40 epochs; the numbers are Matterport's.
  options.stages = {"heads", "stage4", "all"};
  options.lengths = {30, 30, 40};
  options.unit = "epochs";
  options.schedule = {.learning_rate = 0.001,
                      .warmup_steps = 100,
                      .warmup_start = 0.01,
                      .decay = "constant",
                      .final_share = 1};
  options.optimizer.clip_norm = 5;
  return options;
}

TrainingRun train_detector(const Cohort& cohort, const DetectorTrainingOptions& given,
                           uint64_t seed, int threads, const std::string& device_name,
                           const fs::path& imagenet, const fs::path& run, Progress& progress) {
  set_threads(threads);
  const torch::Device device = resolve_device(device_name);
  begin_run(run, {{"kind", "detector"},
                  {"version", compute_description()},
                  {"seed", seed},
                  {"input", fingerprint(cohort)},
                  {"options", to_json(given)}});
  const TrainingSet set(cohort, given.model.input, given.data, threads, progress);
  log_info(
      fmt::format("training on {} images of {} patients, {} with a mass; {} left out by status",
                  set.size(), set.patients().size(), set.images_with_mass(), set.left_out()));
  DetectorTrainingOptions options = given;
  options.model.anchors = choose_anchors(given, set);

  torch::manual_seed(seed);
  const auto network = make_network(options.model);
  Start start = initialise(options, imagenet, *network);
  for (const std::string& patient : set.patients()) start.patients.insert(hash_patient(patient));
  start.patients.merge(learnt_from(cohort));

  const bool masks = network->has_masks() && set.any_mask();
  if (network->has_masks() && !masks)
    log_warning(
        "no annotation has a drawn contour: the mask head does not learn and detections have no "
        "masks");
  DetectorTrainer trainer(network, set, options, plan_stages(options, set, start.fresh), seed,
                          device);
  if (!fs::exists(run / "checkpoint.safetensors")) trainer.calibrate(start.fresh);
  const LoopOptions loop{trainer.steps(), options.checkpoint_every, options.log_every};
  const TrainingState state{[&] { return trainer.save(); },
                            [&](const TensorMap& t) { trainer.load(t); }};
  const int64_t steps =
      run_training_loop(run, loop, state, [&](int64_t i) { return trainer.step(i); }, progress);

  const DetectorInfo info{options.model,
                          masks,
                          {start.patients.begin(), start.patients.end()},
                          {{"seed", seed},
                           {"steps", trainer.steps()},
                           {"images", set.size()},
                           {"images_with_mass", set.images_with_mass()},
                           {"init", options.init}}};
  save_detector(run / "model.safetensors", trainer.network(), info);
  return {run / "model.safetensors", steps};
}

}  // namespace mammograft
