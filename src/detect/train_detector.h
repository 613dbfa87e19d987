// Training a detector on a cohort. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "detect/training_options.h"
#include "detect/validation_split.h"

namespace mammograft {

class Communicator;

struct TrainingRun {
  std::filesystem::path model;  // run/model.safetensors
  int64_t steps = 0;            // run now; 0 when everything was done already
  int64_t best_step = 0;        // whose state was kept
};

// Learns from the usable images of `cohort` (cut it to the training part first), but for the share
// of its patients on which `score` chooses the best state; without a score nothing is held out.
// Writes run.json, log.jsonl, validation.jsonl, checkpoint.safetensors and at the end
// model.safetensors into `run`, which exists. A
// killed run continues when called again with the same arguments; other arguments than those in
// run.json are a usage error. `imagenet` is the file that init "imagenet" names.
//
// Several processes share each step's batch; they end with the parameters that one would have ended
// with, but for rounding. Rank 0 alone writes. usage error: a batch that cannot be shared evenly.
TrainingRun train_detector(const Cohort& cohort, const DetectorTrainingOptions& options,
                           uint64_t seed, int threads, const std::string& device,
                           const std::filesystem::path& imagenet, const ValidationScore& score,
                           const std::filesystem::path& run, Progress& progress,
                           Communicator& processes);
TrainingRun train_detector(const Cohort& cohort, const DetectorTrainingOptions& options,
                           uint64_t seed, int threads, const std::string& device,
                           const std::filesystem::path& imagenet, const ValidationScore& score,
                           const std::filesystem::path& run,
                           Progress& progress);  // this process alone

}  // namespace mammograft
