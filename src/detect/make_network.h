// Which network a detector is.
#pragma once

#include <memory>

#include "detect/detection_network.h"

namespace mammograft {

// The network that `options` describe, with fresh weights.
std::shared_ptr<DetectionNetwork> make_network(const DetectorOptions& options);
// The same to be filled: its weights are whatever stands in memory.
std::shared_ptr<DetectionNetwork> make_unfilled_network(const DetectorOptions& options);

}  // namespace mammograft
