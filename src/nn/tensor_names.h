// Tensors by name: several sets in one checkpoint, told apart by prefixes.
#pragma once

#include <string>

#include "nn/weights.h"

namespace mammograft {

TensorMap with_prefix(const TensorMap& tensors, const std::string& prefix);
TensorMap without_prefix(const TensorMap& tensors,
                         const std::string& prefix);       // those that have it
TensorMap parameters_of(const torch::nn::Module& module);  // the module's own
TensorMap copied(const TensorMap& tensors);                // own memory, without gradients

}  // namespace mammograft
