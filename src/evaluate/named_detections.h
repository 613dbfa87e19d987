// A file of detections under the name that messages and legends give it (exchange/results_file.h
// reads it).
#pragma once

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

}  // namespace mammograft
