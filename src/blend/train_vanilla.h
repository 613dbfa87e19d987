// Training the vanilla GAN. No torch in this header.
#pragma once

#include "blend/blender_training_options.h"
#include "cohort/cohort.h"
#include "core/run_context.h"
#include "core/run_folder.h"
#include "nn/training_run.h"

namespace mammograft {

// Learns whole mammograms with a mass from the images of `cohort` that have one. Of the options it
// heeds steps, batch, learning rates, optimiser, average, jitter, spectral norm, `vanilla` and the
// grey levels (from the first percentile at most). The last state is kept: there is no lesion
// against which a better one could be measured.
TrainingRun train_vanilla(const Cohort& cohort, BlenderTrainingOptions options,
                          const RunFolder& run, const RunContext& context);

}  // namespace mammograft
