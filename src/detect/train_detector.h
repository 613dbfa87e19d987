// Training a detector on a cohort. No torch in this header.
#pragma once

#include <filesystem>
#include <optional>

#include "cohort/cohort.h"
#include "core/run_context.h"
#include "core/run_folder.h"
#include "detect/graft_source.h"
#include "detect/training_options.h"
#include "detect/validation_split.h"
#include "nn/communicator.h"
#include "nn/training_run.h"

namespace mammograft {

// What a training is given beside cohort and options.
struct DetectorStart {
  std::filesystem::path file;              // that options.init names; none for "random"
  ValidationScore score;                   // chooses the best state; none: the last one is kept
  std::optional<GraftSupply> grafts = {};  // fresh ones, made while it learns
};

// Learns from the usable images of `cohort` (cut it to the training part first), but for the share
// of its patients on which the score chooses the best state; without a score nothing is held out.
// Nothing of these patients is grafted either.
// Writes the files of the run, states to be kept on the way among them, the model last. A killed
// run continues when called again with the same arguments; other options, seed or cohort than those
// in run.json are a usage error.
//
// Several processes share each step's batch; they end with the parameters that one would have ended
// with, but for rounding. Rank 0 alone writes. usage error: a batch that cannot be shared evenly.
TrainingRun train_detector(const Cohort& cohort, const DetectorTrainingOptions& options,
                           const DetectorStart& start, const RunFolder& run,
                           const RunContext& context, Communicator& processes = single_process());

}  // namespace mammograft
