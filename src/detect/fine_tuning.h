// Training that goes on from a detector of ours. No torch.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "detect/training_options.h"

namespace mammograft {

// With the network of the file that `init` (as in the options) names, and the recipe of its preset.
// Nothing where that is no detector of ours, or no file. bad_input as of read_detector_info().
std::optional<DetectorTrainingOptions> fine_tuning(const std::string& init);

// A network in a line, and, where its training begins with a detector of ours, in what the two
// differ: equal shapes do not tell. `file`: what it begins with; empty: nothing.
std::string network_words(const DetectorOptions& model, const std::filesystem::path& file);

}  // namespace mammograft
