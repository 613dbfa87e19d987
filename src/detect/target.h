// The truth that a detector learns from, as tensors.
#pragma once

#include <torch/types.h>

namespace mammograft {

// The truth of one image, in pixels of the network's input.
struct Target {
  torch::Tensor boxes;     // [G, 4]
  torch::Tensor labels;    // [G] int64, 1 .. K-1
  torch::Tensor masks;     // [G, H, W] uint8, 0 or 1
  torch::Tensor has_mask;  // [G] bool: the mask head may learn from it
  torch::Tensor ignored;   // [I, 4] regions in which nothing counts as background
};

void check(const Target& target);  // defect: tensors of other shapes

}  // namespace mammograft
