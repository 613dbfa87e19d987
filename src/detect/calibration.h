// Batch norms that no file initialised (layer4 from the shipped ImageNet weights, all of them from
// random): they take their statistics from training images once and are then frozen, as all others
// are.
#pragma once

#include <string>
#include <vector>

#include "core/rng.h"
#include "detect/detection_network.h"
#include "detect/training_options.h"
#include "detect/training_set.h"

namespace mammograft {

// `fresh`: names of the tensors that nothing initialised
// ("backbone.body.layer4.0.bn1.running_mean"). Returns how many norms were calibrated; the images
// are those of `options`, drawn with `rng`.
int calibrate_batch_norms(DetectionNetwork& network, const std::vector<std::string>& fresh,
                          const TrainingSet& set, const DetectorTrainingOptions& options,
                          const Rng& rng, torch::ScalarType compute);

}  // namespace mammograft
