// What a network finds in one image, as tensors.
#pragma once

#include <torch/types.h>

namespace mammograft {

// The detections of one image, by falling score.
struct ImageDetections {
  torch::Tensor boxes;   // [D, 4], network pixels
  torch::Tensor scores;  // [D] 0 .. 1
  torch::Tensor labels;  // [D] int64, 1 .. K-1
  torch::Tensor masks;   // [M, 28, 28] probabilities of the first M detections
};

}  // namespace mammograft
