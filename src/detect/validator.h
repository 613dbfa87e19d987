// Scores a network on held-out images as `detect` and `evaluate` would.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "core/progress.h"
#include "detect/detection_network.h"
#include "detect/validation_split.h"
#include "nn/input.h"

namespace mammograft {

class Validator {
 public:
  // Reads and prepares the images once, in parallel. An empty cohort: nothing is ever validated.
  Validator(const Cohort& cohort, const InputOptions& input, ValidationScore score, int threads,
            Progress& progress);
  bool empty() const { return inputs_.empty(); }
  double score(DetectionNetwork& network, torch::Device device, torch::ScalarType compute) const;

 private:
  const Cohort& cohort_;
  ValidationScore score_;
  std::vector<NetworkInput> inputs_;  // of cohort_.images
};

}  // namespace mammograft
