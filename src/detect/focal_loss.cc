#include "detect/focal_loss.h"

#include <torch/types.h>

namespace mammograft {

torch::Tensor focal_loss(const torch::Tensor& logits, const torch::Tensor& targets, double alpha,
                         double gamma) {
  // With z the logit of being wrong, -log(p_t) = softplus(z) and log(1 - p_t) = -softplus(-z):
  // finite, and so is the gradient, however sure the network is.
  const torch::Tensor z = logits * (1 - 2 * targets);
  const torch::Tensor cross_entropy = torch::softplus(z);
  const torch::Tensor log_wrong = z - cross_entropy;
  const torch::Tensor share = alpha * targets + (1 - alpha) * (1 - targets);
  return share * (gamma * log_wrong).exp() * cross_entropy;
}

}  // namespace mammograft
