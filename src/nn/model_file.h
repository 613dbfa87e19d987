// A model on disk: one safetensors file, tensors and, in its metadata, all that is needed to use
// them (core/model_description.h).
#pragma once

#include <torch/nn/module.h>

#include <filesystem>
#include <set>
#include <string>

#include "core/model_description.h"
#include "nn/weights.h"

namespace mammograft {

struct ModelFile {
  TensorMap tensors;
  ModelDescription description;
};

// Atomic. Tensors of any device; `eight_bits`: those that are written so (TensorFile).
void save_model(const std::filesystem::path& path, const std::string& kind,
                const TensorMap& tensors, const Json& description,
                const std::set<std::string>& eight_bits = {});

// Throws as model_description() does.
ModelFile load_model(const std::filesystem::path& path, const std::string& kind);

// Fills all parameters and buffers of the network from the tensors whose names begin with `prefix`,
// which are handed over to it (weights.h). bad_input: some are missing or of another shape (names
// the first ones and the file), or a value is not finite.
void fill_network(const TensorMap& tensors, const std::string& prefix, torch::nn::Module& network,
                  const std::filesystem::path& path);

}  // namespace mammograft
