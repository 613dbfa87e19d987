// From a network and a prepared image to masses on the original image.
#pragma once

#include <torch/types.h>

#include <vector>

#include "detect/detection_network.h"
#include "detect/detector.h"
#include "nn/input.h"

namespace mammograft {

struct FindOptions {
  torch::Device device = torch::kCPU;
  torch::ScalarType compute = torch::kFloat;
  bool masks = false;
  double mask_score_floor = 0;  // masks are computed for scores at or above it
};

// By falling score, in pixels of the original image.
std::vector<FoundMass> find_masses(DetectionNetwork& network, const NetworkInput& input,
                                   const FindOptions& options);

}  // namespace mammograft
