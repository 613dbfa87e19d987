// Losses over rows of which some count for nothing (fixed_lengths.h).
#pragma once

#include <torch/types.h>

namespace mammograft {

// The sum of the values [R] of those rows that count [R] bool, over max(total, 1). What the others
// hold, if only it is finite, changes neither it nor a gradient.
torch::Tensor sampled_mean(const torch::Tensor& values, const torch::Tensor& counts,
                           const torch::Tensor& total);

// Smooth L1 with beta 1/9, torchvision's, summed over a box: [R, 4], [R, 4] -> [R].
torch::Tensor smooth_l1(const torch::Tensor& deltas, const torch::Tensor& truth);

}  // namespace mammograft
