#include "stages/train_blender.h"

#include "blend/train_blender.h"
#include "blend/train_vanilla.h"
#include "core/log.h"
#include "core/run_folder.h"

namespace mammograft {

Output TrainBlenderStage::output() const { return {out, RunFolder::kModel}; }

std::vector<fs::path> TrainBlenderStage::inputs() const {
  std::vector<fs::path> paths = part.inputs();
  for (const fs::path& path : lesions.inputs()) paths.push_back(path);
  return paths;
}

Json TrainBlenderStage::options() const {
  Json json = to_json(training);
  json["part"] = part.selection();
  json["lesions"] = lesions.selection();
  return json;
}

std::vector<std::string> TrainBlenderStage::unfinished() const {
  return {RunFolder::kAll.begin(), RunFolder::kAll.end()};
}

void TrainBlenderStage::run(const RunContext& context) {
  const LesionsAndBackgrounds cohorts = lesions.read(part);
  const TrainingRun trained =
      training.method == "vanilla"
          ? train_vanilla(cohorts.lesions, training, RunFolder(out), context)
          : train_blender(cohorts.backgrounds, cohorts.lesions, training, RunFolder(out), context);
  log_info(fmt::format("{}: trained", trained.model.string()));
}

}  // namespace mammograft
