// What learns at which step of a detector's training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "detect/training_options.h"
#include "detect/training_set.h"

namespace mammograft {

struct TrainingStage {
  int64_t first_step, end_step;  // [first, end)
  int frozen;                    // of {stem, layer1, layer2, layer3, layer4}, from the bottom
};

// The stages of `options`, one after the other. `fresh`: tensors that no file initialised; the
// ResNet's stages that hold some of them learn from the first step on, and all above. usage error:
// an unknown stage, or not as many lengths as stages.
std::vector<TrainingStage> plan_stages(const DetectorTrainingOptions& options,
                                       const TrainingSet& set,
                                       const std::vector<std::string>& fresh);

}  // namespace mammograft
