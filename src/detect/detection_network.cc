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

std::vector<ImageDetections> DetectionNetwork::detect(const torch::Tensor& images,
                                                      torch::ScalarType compute, bool with_masks,
                                                      double mask_score_floor) {
  torch::InferenceMode inference;
  return find(maps(images, compute), images.size(2), images.size(3), with_masks, mask_score_floor);
}

std::shared_ptr<DetectionNetwork> make_network(const DetectorOptions& options) {
  if (options.arch == "retinanet") return std::make_shared<RetinaNet>(options);
  ensure(options.arch == "mask_rcnn", "arch: found '{}'", options.arch);
  return std::make_shared<MaskRcnn>(options);
}

}  // namespace mammograft
