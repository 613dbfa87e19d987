#include "detect/train_detector.h"

#include <algorithm>

#include "cohort/fingerprint.h"
#include "cohort/patients.h"
#include "core/first_few.h"
#include "core/log.h"
#include "detect/detector_file.h"
#include "detect/detector_trainer.h"
#include "detect/fine_tuning.h"
#include "detect/kept_states.h"
#include "detect/make_network.h"
#include "detect/network_start.h"
#include "detect/training_plan.h"
#include "detect/validator.h"
#include "nn/communicator.h"
#include "nn/training.h"

namespace mammograft {
namespace {

namespace fs = std::filesystem;

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

void check_options(const DetectorTrainingOptions& options, const Communicator& processes) {
  check(options);
  if (options.batch % processes.size() != 0) {
    fail(ErrorKind::usage, "batch: found {}, expected a multiple of the {} processes",
         options.batch, processes.size());
  }
}

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
  log_info(fmt::format(
      "training on {} images of {} patients, {} with a mass; {} left out by status{}", set.size(),
      set.patients().size(), set.images_with_mass(), set.left_out(),
      set.left_out() > 0 ? " (other or unknown: prepare is told which are normal)" : ""));
  if (set.synthetic_images() > 0) {
    log_info(fmt::format(
        "{} of the images are synthetic; of the draws with a mass, {:.0f} % of all, they "
        "are {:.0f} % (--data-synthetic-share)",
        set.synthetic_images(), 100 * set.mass_share(), 100 * set.synthetic_share()));
  }
  if (set.fresh()) {
    log_info(fmt::format(
        "{:.0f} % of the draws show a mass, {:.0f} % of these a fresh graft by {} "
        "(--data-synthetic-share)",
        100 * set.mass_share(), 100 * set.synthetic_share(), set.fresh()->source().method()));
  }
  if (!validation.images.empty()) {
    log_info(fmt::format("{} images of other patients are held out to choose the best state",
                         validation.images.size()));
  }
}

void report_length(int64_t steps, const TrainingSet& set, const DetectorTrainingOptions& options) {
  std::string passes;
  if (draws_real_masses(set)) {
    passes = fmt::format(", {:.3g} passes over the {} real images with a mass",
                         static_cast<double>(steps) / steps_per("passes", options, set),
                         set.real_images_with_mass());
  }
  log_info(fmt::format("{} steps of {} images{} (--lengths)", steps,
                       options.batch * options.accumulate, passes));
}

// They would call a state good that knows them by heart.
void report_known(const PatientSet& learnt, const Cohort& validation) {
  const auto known =
      std::count_if(validation.images.begin(), validation.images.end(),
                    [&](const ImageRecord& image) { return learnt.contains(image.patient_id); });
  if (known == 0) return;
  log_warning(
      fmt::format("the file that the training starts from learnt from patients of {} of the {} "
                  "images held out to choose the best state; --validation-share 0 keeps the last "
                  "state instead",
                  known, validation.images.size()));
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
                   {"real_masses", set.real_masses()},
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

// Of a run that bound nobody, since it stopped before its first checkpoint; but not what this one
// starts from.
void remove_kept_states(const RunFolder& run, const fs::path& start) {
  if (fs::exists(run.checkpoint())) return;
  for (const std::string& name : kept_names_in(run.path())) {
    std::error_code not_there;
    if (!fs::equivalent(run.path() / name, start, not_there)) fs::remove(run.path() / name);
  }
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
  log_info(network_words(given.model, start.file));
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
  NetworkStart initial = start_network(options.init, start.file, *network);
  const bool masks = network->has_masks() && set.any_mask();
  if (training.writes() && network->has_masks() && !masks)
    log_warning(
        "no annotation has a drawn contour: the mask head does not learn and detections have no "
        "masks (--data-mask-from any learns from circles, boxes and outlines of mammograft "
        "refine)");
  DetectorTrainer trainer(network, initial.fresh, set, validator, options, training);
  report_length(trainer.steps(), set, options);
  report_known(initial.patients, split.validation);
  initial.patients.merge(teachers(set, split.validation, cohort));
  DetectorInfo info{options.model, masks, initial.patients,
                    training_json(trainer.steps(), set, options, context.seed)};
  trainer.keep(plan_kept_states(options, set), state_writer(run, info));
  if (training.writes()) remove_kept_states(run, start.file);
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
