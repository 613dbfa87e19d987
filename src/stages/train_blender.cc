#include "stages/train_blender.h"

#include "blend/train_blender.h"
#include "blend/train_vanilla.h"
#include "core/log.h"
#include "core/run_folder.h"

namespace mammograft {

Output TrainBlenderStage::output() const { return {out, RunFolder::kModel}; }

std::vector<fs::path> TrainBlenderStage::inputs() const { return lesions.inputs(part); }

Json TrainBlenderStage::options() const {
  Json json = what_decides(to_json(training));
  json.update(lesions.selection(part));
  return json;
}

void TrainBlenderStage::check() const {
  lesions.check(part);
  mammograft::check(training);
  const PlacementOptions& placement = training.data.placement;
  if (training.method != "vanilla" || !placement.weighs()) return;
  fail(ErrorKind::usage,
       "--data-placement-prior {}, --data-placement-tissue {}: expected uniform and any with "
       "--method vanilla, which learns whole images and places no mass",
       placement.prior, placement.tissue);
}

void TrainBlenderStage::run(const RunContext& context) {
  const LesionsAndBackgrounds cohorts = lesions.read(part);
  warn_of_devices(cohorts, training.data.intensity, "--data-intensity-range");
  const TrainingRun trained =
      training.method == "vanilla"
          ? train_vanilla(cohorts.lesions, training, RunFolder(out), context)
          : train_blender(cohorts.backgrounds, cohorts.lesions, training, RunFolder(out), context);
  log_info(fmt::format("{}: trained", trained.model.string()));
}

}  // namespace mammograft
