// From a network and a prepared image to masses on the original image.
#pragma once

#include <torch/types.h>

#include <vector>

#include "detect/detection_network.h"
#include "detect/found_mass.h"
#include "detect/inference_engine.h"
#include "nn/input.h"

namespace mammograft {

// Which axes of the image are mirrored before the network looks; what it finds is mirrored back.
struct Mirror {
  bool x = false, y = false;
};

struct FindOptions {
  torch::Device device = torch::kCPU;
  bool masks = false;
  double mask_score_floor = 0;  // masks are computed for scores at or above it
};

// `engine` computes the maps of this network. By falling score, in pixels of the original image.
std::vector<FoundMass> find_masses(DetectionNetwork& network, InferenceEngine& engine,
                                   const NetworkInput& input, Mirror mirror,
                                   const FindOptions& options);

}  // namespace mammograft
