// The focal loss (Lin et al. 2017, "Focal loss for dense object detection", eq. (5)).
#pragma once

#include <torch/types.h>

namespace mammograft {

// -alpha_t (1 - p_t)^gamma log(p_t) of every entry; logits, targets (0 or 1): any one shape, fp32.
torch::Tensor focal_loss(const torch::Tensor& logits, const torch::Tensor& targets, double alpha,
                         double gamma);

}  // namespace mammograft
