// The network that grafts masses, or the vanilla GAN.
#pragma once

#include "blend/blender_training_options.h"
#include "core/run_folder.h"
#include "stages/lesion_part.h"
#include "stages/stage.h"

namespace mammograft {

class TrainBlenderStage : public Stage {
 public:
  BlenderTrainingOptions training;
  CohortPart part;
  LesionPart lesions;
  fs::path out;

  std::string name() const override { return "train blender"; }
  Output output() const override;
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  std::vector<std::string> unfinished() const override { return RunFolder(out).all_names(); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
