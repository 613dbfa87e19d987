// States of a detector's training that are written on its way, beside the model. No torch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "detect/training_options.h"
#include "detect/training_set.h"

namespace mammograft {

struct KeptState {
  int64_t step = 0;  // after so many
  std::string name;  // of the file
};

// "model-400.safetensors", after the value in options.keep_at, whatever its unit.
std::string kept_name(double at);

// Those of options.keep_at. usage error: a value of 0 or less, one twice, one behind the last step.
std::vector<KeptState> plan_kept_states(const DetectorTrainingOptions& options,
                                        const TrainingSet& set);

// The names of all such files in the folder of a run; none where there is no folder.
std::vector<std::string> kept_names_in(const std::filesystem::path& run);

}  // namespace mammograft
