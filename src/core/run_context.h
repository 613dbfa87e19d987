// What a stage needs beside its options and its inputs.
#pragma once

#include <cstdint>
#include <string>

#include "core/progress.h"

namespace mammograft {

struct RunContext {
  uint64_t seed = 1;            // of all randomness
  int threads = 0;              // 0: all cores
  std::string device = "auto";  // where networks run: auto | cpu | cuda
  Progress& progress;
};

}  // namespace mammograft
