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

// How long a training of one stage is where nobody says it: so many passes, but not fewer steps.
// Held out patients who stop gaining would be the better judge, but of a few hundred mammograms a
// tenth holds some twenty masses, and their score is noise.
inline constexpr double kPasses = 40;
inline constexpr int64_t kLeastSteps = 1600;

// Throws usage for what cannot be, whatever the data: options out of range, an unknown stage, not
// as many lengths as stages, a state to be kept before the first step or twice.
void check(const DetectorTrainingOptions& options);

bool draws_real_masses(const TrainingSet& set);

// Optimiser steps in a unit of length: steps, epochs, passes. An epoch draws as many images with a
// mass as the set keeps, synthetic ones too; a pass goes on until every real one was drawn once,
// whatever is drawn beside. Of fresh grafts the set keeps none: there the two are the same. usage
// error: a pass where no real image with a mass is drawn.
double steps_per(const std::string& unit, const DetectorTrainingOptions& options,
                 const TrainingSet& set);

// The stages of `options`, one after the other. `fresh`: tensors that no file initialised; the
// ResNet's stages that hold some of them learn from the first step on, and all above. usage error:
// as check(), or no step in all.
std::vector<TrainingStage> plan_stages(const DetectorTrainingOptions& options,
                                       const TrainingSet& set,
                                       const std::vector<std::string>& fresh);

}  // namespace mammograft
