// How to go from a mammogram to boxes with a detector's maps and heads, in numbers.
#pragma once

#include "core/json.h"
#include "detect/detector_file.h"

namespace mammograft {

// What find_masses() does around the networks, for programs without our source: how the image is
// prepared, which outputs of the networks belong to which level, anchors, box coder, proposals,
// RoIAlign, what is kept. docs/formats.md explains every key. Patients (hashed) are among it.
Json detector_recipe(const DetectorInfo& info);

}  // namespace mammograft
