#include "stages/train_detector.h"

#include "core/assets.h"
#include "core/log.h"
#include "core/run_folder.h"
#include "detect/train_detector.h"
#include "stages/validation_score.h"

namespace mammograft {

Output TrainDetectorStage::output() const { return {out, RunFolder::kModel}; }

fs::path TrainDetectorStage::start() const {
  if (training.init == "imagenet") return find_asset("resnet50-imagenet-c1-c4-bf16.safetensors");
  return training.init == "random" ? fs::path() : fs::path(training.init);
}

std::vector<fs::path> TrainDetectorStage::inputs() const {
  std::vector<fs::path> paths = part.inputs();
  if (!start().empty()) paths.push_back(start());
  return paths;
}

Json TrainDetectorStage::options() const {
  Json json = to_json(training);
  json["part"] = part.selection();
  return json;
}

void TrainDetectorStage::run(const RunContext& context) {
  RunContext shared = context;
  if (shared.threads == 0) shared.threads = processes->threads();
  const TrainingRun trained = train_detector(part.training(), training, {start(), validation_score},
                                             RunFolder(out), shared, *processes);
  log_info(fmt::format("{}: trained", trained.model.string()));
}

}  // namespace mammograft
