// Training a blender. No torch in this header.
#pragma once

#include "blend/blender_training_options.h"
#include "cohort/cohort.h"
#include "core/run_context.h"
#include "core/run_folder.h"
#include "nn/training_run.h"

namespace mammograft {

// Learns to graft the masses of `lesions` onto images of `backgrounds`. Writes the files of the
// run, sheets/step-*.png (what it makes of held-out lesions) among them, and the model last: the
// average generator of the step with the best score; bad_input where no step has a finite one.
// Continues a killed run to the same bytes. Errors as Training, run_training_loop() and BlendSet.
TrainingRun train_blender(const Cohort& backgrounds, const Cohort& lesions,
                          const BlenderTrainingOptions& options, const RunFolder& run,
                          const RunContext& context);

}  // namespace mammograft
