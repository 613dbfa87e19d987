// A file of detections under the name that messages and legends give it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cohort/detections.h"

namespace mammograft {

struct NamedDetections {
  std::string name;  // for messages and legends: the file as the user gave it
  std::vector<Detection> detections;
  std::optional<DetectionsMeta> meta;  // searched images and the model's training patients
};

// Reads detections and, where there is one, their meta file. `name` is the path as given.
NamedDetections read_named_detections(const std::filesystem::path& path);

}  // namespace mammograft
