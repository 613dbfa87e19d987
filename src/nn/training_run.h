// What a finished training has to say. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>

namespace mammograft {

struct TrainingRun {
  std::filesystem::path model;  // RUN/model.safetensors
  int64_t steps = 0;            // run now; 0 when everything was done already
  int64_t best_step = 0;        // whose state the model holds
};

}  // namespace mammograft
