#include "detect/detection_network.h"

#include <torch/torch.h>

#include "detect/mask_rcnn.h"
#include "detect/retinanet.h"

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

std::shared_ptr<DetectionNetwork> make_network(const DetectorOptions& options) {
  if (options.arch == "retinanet") return std::make_shared<RetinaNet>(options);
  ensure(options.arch == "mask_rcnn", "arch: found '{}'", options.arch);
  return std::make_shared<MaskRcnn>(options);
}

}  // namespace mammograft
