// What tells grafts from real masses, place by place.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <optional>
#include <string>

namespace mammograft {

struct DiscriminatorImpl : torch::nn::Module {
  // [N, 1 or 2, H, W], grey levels with the mean taken off, and the mask where it is shown ->
  // logits [N, 1, h, w], positive: real.
  virtual torch::Tensor forward(const torch::Tensor& x,
                                std::optional<torch::ScalarType> compute = {}) = 0;
  // How much each response counts: the size of the logits, of sum 1 in each sample.
  // omega [N, 1, H, W].
  virtual torch::Tensor response_weight(const torch::Tensor& omega) const = 0;
};

// For response_weight(): of the shares of omega that the responses of one scale see, in each sample
// of sum 1; all alike where omega is not what D looks at (DiscriminatorOptions::looks_at).
torch::Tensor weight_by_share(const torch::Tensor& share, const std::string& looks_at);

}  // namespace mammograft
