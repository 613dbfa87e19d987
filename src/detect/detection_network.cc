#include "detect/detection_network.h"

#include <torch/nn/module.h>
#include <torch/types.h>

namespace mammograft {

torch::Tensor total_loss(const std::vector<LossTerm>& terms) {
  torch::Tensor total;
  for (const LossTerm& term : terms) {
    const torch::Tensor weighted = term.weight * term.value;
    total = total.defined() ? total + weighted : weighted;
  }
  return total;
}

DetectionNetwork::DetectionNetwork(const DetectorOptions& options) : options(options) {
  backbone = register_module("backbone", Backbone(options.backbone));
}

}  // namespace mammograft
