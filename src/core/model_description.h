// What a model's file says of it, without its tensors (docs/formats.md). `kind` is which model it
// is ("detector", "blender"): in the file's metadata `kind` is "mammograft-<kind>", `format` the
// version of the layout, and `<kind>` a JSON object, the description, whose keys are the owner's
// affair.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "core/json.h"

namespace mammograft {

using ModelMetadata = std::map<std::string, std::string>;

struct ModelDescription {
  Json json;
  std::string where;  // file and place, for errors
  JsonView view() const { return {json, where}; }
};

ModelMetadata model_metadata(const std::string& kind, const Json& description);

// All throw io, or bad_input naming the file: no safetensors, no model of ours, one of another kind
// or format, a description that is not JSON.
ModelDescription model_description(const ModelMetadata& metadata, const std::string& kind,
                                   const std::filesystem::path& path);
ModelDescription read_model_description(const std::filesystem::path& path, const std::string& kind);

// Of whatever kind; nothing where another program wrote the file.
std::optional<ModelDescription> read_own_model_description(const std::filesystem::path& path);

// Whether the file says that it is a model of that kind; nothing else is looked at.
bool is_model(const std::filesystem::path& path, const std::string& kind);

}  // namespace mammograft
