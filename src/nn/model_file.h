// A model on disk: one safetensors file, tensors and, in its metadata, all that is needed to use
// them (docs/formats.md). `kind` says which model it is ("detector", "blender"): in the metadata
// `kind` is "mammograft-<kind>", `format` the version of the layout, and `<kind>` a JSON object,
// the description, whose keys are the owner's affair.
#pragma once

#include <torch/nn/module.h>

#include <filesystem>
#include <set>
#include <string>

#include "core/json.h"
#include "nn/weights.h"

namespace mammograft {

struct ModelDescription {
  Json json;
  std::string where;  // file and place, for errors
  JsonView view() const { return {json, where}; }
};

struct ModelFile {
  TensorMap tensors;
  ModelDescription description;
};

// Atomic. Tensors of any device; `eight_bits`: those that are written so (TensorFile).
void save_model(const std::filesystem::path& path, const std::string& kind,
                const TensorMap& tensors, const Json& description,
                const std::set<std::string>& eight_bits = {});

// Throw io, or bad_input naming the file: no safetensors, no model of ours, one of another kind or
// format, a description that is not JSON.
ModelFile load_model(const std::filesystem::path& path, const std::string& kind);
ModelDescription read_model_description(const std::filesystem::path& path,  // without the tensors
                                        const std::string& kind);

// Whether the file says that it is a model of that kind; nothing else is looked at. io, bad_input:
// no safetensors.
bool is_model(const std::filesystem::path& path, const std::string& kind);

// Fills all parameters and buffers of the network from the tensors whose names begin with `prefix`.
// bad_input: some are missing or of another shape (names the first ones and the file), or a value
// is not finite.
void fill_network(const TensorMap& tensors, const std::string& prefix, torch::nn::Module& network,
                  const std::filesystem::path& path);

}  // namespace mammograft
