// Training a blender. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "blend/blend_set.h"
#include "blend/blender_training_options.h"
#include "cohort/cohort.h"
#include "core/progress.h"

namespace mammograft {

struct BlenderRun {
  std::filesystem::path model;  // run/model.safetensors
  int64_t steps = 0;            // run now
  int64_t best_step = 0;        // whose state the model holds
};

// Learns to graft the masses of `lesions` onto images of `backgrounds`. Writes to `run`: run.json,
// log.jsonl, validation.jsonl, sheets/step-*.png (what it makes of held-out lesions), checkpoints,
// and the model: the average generator of the step with the best score. Continues a killed run to
// the same bytes. Errors as run_training_loop() and BlendSet.
BlenderRun train_blender(const Cohort& backgrounds, const Cohort& lesions,
                         const BlenderTrainingOptions& options, uint64_t seed, int threads,
                         const std::string& device, const std::filesystem::path& run,
                         Progress& progress);

}  // namespace mammograft
