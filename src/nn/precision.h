// Arithmetic and device of a network.
#pragma once

#include <torch/types.h>

#include <string>

#include "nn/compute.h"

namespace mammograft {

// "auto": bf16 where the processor multiplies it natively (AVX512-BF16 or AMX; CUDA), else fp32.
torch::ScalarType resolve_precision(const std::string& precision, torch::Device device);
// What predictors, sums and losses compute in beside convolutions of that type: fp64 beside fp64,
// else fp32. Our programs use fp32 and bf16; in fp64, where rounding decides nothing, tests compare
// whole networks.
torch::ScalarType at_least_fp32(torch::ScalarType type);
torch::Tensor at_least_fp32(const torch::Tensor& tensor);

torch::Device resolve_device(const std::string& device);  // auto (cuda where there is one) | cpu |
                                                          // cuda; usage error if absent

}  // namespace mammograft
