#include "stages/train_detector.h"

#include "core/assets.h"
#include "core/log.h"
#include "core/model_description.h"
#include "core/run_folder.h"
#include "core/safetensors.h"
#include "detect/detector_file.h"
#include "detect/fine_tuning.h"
#include "detect/kept_states.h"
#include "detect/train_detector.h"
#include "detect/training_plan.h"
#include "stages/validation_score.h"

namespace mammograft {

TrainDetectorStageOptions unsaid_training() {
  TrainDetectorStageOptions options;
  options.detector.model.preset.clear();
  options.detector.model.arch.clear();
  return options;
}

TrainDetectorStageOptions training_defaults(const TrainDetectorStageOptions& said) {
  const std::optional<DetectorTrainingOptions> file = fine_tuning(said.detector.init);
  const DetectorOptions otherwise = file ? file->model : DetectorOptions();
  std::string preset = said.detector.model.preset, arch = said.detector.model.arch;
  if (preset.empty()) preset = otherwise.preset;
  if (arch.empty()) arch = otherwise.arch;
  const bool of_file = file && preset == otherwise.preset && arch == otherwise.arch;
  return {.detector = of_file ? *file : training_preset(preset, arch)};
}

Output TrainDetectorStage::output() const { return {out, RunFolder::kModel}; }

fs::path TrainDetectorStage::start() const {
  if (training.detector.init == "imagenet")
    return find_asset("resnet50-imagenet-c1-c4-bf16.safetensors");
  return training.detector.init == "random" ? fs::path() : fs::path(training.detector.init);
}

std::vector<fs::path> TrainDetectorStage::inputs() const {
  std::vector<fs::path> paths = part.inputs();
  if (!start().empty()) paths.push_back(start());
  const std::vector<fs::path> others = grafts.inputs();
  paths.insert(paths.end(), others.begin(), others.end());
  return paths;
}

Json TrainDetectorStage::options() const {
  Json json = what_decides(to_json(training.detector));
  if (training.graft.wanted()) json["graft"] = grafts.selection(training.graft);
  json["part"] = part.selection();
  return json;
}

std::vector<std::string> TrainDetectorStage::unfinished() const {
  std::vector<std::string> names = RunFolder::names();
  for (std::string& name : kept_names_in(out)) names.push_back(std::move(name));
  return names;
}

// Before the images are read.
void TrainDetectorStage::check_start() const {
  const fs::path file = start();
  if (file.empty()) return;
  (void)read_safetensors_header(file);
  if (is_model(file, "detector"))
    refuse_held_out(read_detector_info(file).patients_hashed, file, part);
}

void TrainDetectorStage::check_options() const {
  part.check();
  mammograft::check(training.detector);
  grafts.check(training.graft, part);
}

void TrainDetectorStage::check() const {
  check_options();
  check_start();
}

void TrainDetectorStage::run(const RunContext& context) {
  RunContext shared = context;
  if (shared.threads == 0) shared.threads = processes->threads();
  const auto score = [&](const Cohort& truth, const std::vector<Detection>& found) {
    return validation_score(truth, found, shared.threads);
  };
  DetectorStart beside{start(), score};
  if (training.graft.wanted()) beside.grafts = online_grafts(training.graft, grafts, part, shared);
  const TrainingRun trained = train_detector(part.training(), training.detector, beside,
                                             RunFolder(out), shared, *processes);
  log_info(fmt::format("{}: trained", trained.model.string()));
}

}  // namespace mammograft
