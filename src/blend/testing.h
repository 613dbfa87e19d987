// Tiny blenders and their trainings. Only for *_test.cc files.
#pragma once

#include <cstdint>
#include <string>

#include "blend/train_blender.h"
#include "blend/train_vanilla.h"
#include "core/cancel_testing.h"
#include "core/files.h"
#include "graft/synthesize.h"
#include "graft/testing.h"

namespace mammograft {

inline BlenderTrainingOptions tiny_training() {
  BlenderTrainingOptions options;
  options.steps = 6;
  options.batch = 2;
  options.validate_every = 2;
  options.sheet_every = 4;
  options.checkpoint_every = 3;
  options.log_every = 1;
  options.generator.widths = {4, 8, 8};
  options.discriminator.widths = {4, 8, 8};
  options.loss.scales = 3;
  options.data.grid_mm = kTestSpacing;
  options.data.window_px = 48;
  options.data.validation_windows = 4;
  options.vanilla.side_px = 32;
  options.vanilla.latent = 4;
  options.vanilla.width = 4;
  options.data.held_out = 0.3;
  return options;
}

inline TrainingRun train_tiny(const Cohort& cohort, const BlenderTrainingOptions& options,
                              const fs::path& run, int64_t cancel_at = -1) {
  CancelAt progress(cancel_at);
  const RunContext context{7, 1, "cpu", progress};
  return options.method == "vanilla"
             ? train_vanilla(cohort, options, RunFolder(run), context)
             : train_blender(cohort, cohort, options, RunFolder(run), context);
}

inline SynthesisOptions grafts(int64_t count) {
  SynthesisOptions options;
  options.count = count;
  return options;
}

}  // namespace mammograft
