// Arithmetic and device of a network.
#pragma once

#include <torch/types.h>

#include <string>

#include "nn/compute.h"

namespace mammograft {

// "auto": bf16 where the processor multiplies it natively (AVX512-BF16 or AMX; CUDA), else fp32.
torch::ScalarType resolve_precision(const std::string& precision, torch::Device device);
torch::Device resolve_device(const std::string& device);  // auto (cuda where there is one) | cpu |
                                                          // cuda; usage error if absent

}  // namespace mammograft
