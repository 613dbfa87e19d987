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

// Optimiser steps in one unit of options.lengths. An epoch draws as many images with a mass as the
// set keeps, synthetic ones too; a pass goes on until every real one was drawn once, whatever is
// drawn beside. Of fresh grafts the set keeps none: there the two are the same. usage error: a pass
// where no real image with a mass is drawn.
double steps_per(const DetectorTrainingOptions& options, const TrainingSet& set);

// The stages of `options`, one after the other. `fresh`: tensors that no file initialised; the
// ResNet's stages that hold some of them learn from the first step on, and all above. usage error:
// an unknown stage, or not as many lengths as stages.
std::vector<TrainingStage> plan_stages(const DetectorTrainingOptions& options,
                                       const TrainingSet& set,
                                       const std::vector<std::string>& fresh);

}  // namespace mammograft
