#include "detect/sampled_losses.h"

#include <torch/types.h>

namespace mammograft {

torch::Tensor sampled_mean(const torch::Tensor& values, const torch::Tensor& counts,
                           const torch::Tensor& total) {
  return torch::where(counts, values, 0.).sum() / total.clamp_min(1);
}

torch::Tensor smooth_l1(const torch::Tensor& deltas, const torch::Tensor& truth) {
  return torch::smooth_l1_loss(deltas, truth, at::Reduction::None, 1.0 / 9).sum(1);
}

}  // namespace mammograft
