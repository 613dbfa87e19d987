#include "detect/training_options.h"

namespace mammograft {

DetectorTrainingOptions training_preset(const std::string& name, const std::string& arch) {
  DetectorTrainingOptions options;
  options.model = detector_preset(name, arch);
  // Lin et al. 2017: 0.01 for batches of 16; with 2 images the focal loss jumps at that rate.
  if (arch == "retinanet") options.schedule.learning_rate = 0.003;
  if (name == "light") return options;
  if (name == "paper") {
    options.data.masses_only = true;
    options.data.synthetic_share = std::nullopt;
  }
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

}  // namespace mammograft
