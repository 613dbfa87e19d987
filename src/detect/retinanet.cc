#include "detect/retinanet.h"

#include <torch/torch.h>

namespace mammograft {

RetinaNet::RetinaNet(const DetectorOptions& options) : DetectionNetwork(options) {
  head = register_module("head", RetinaHead(options));
}

std::vector<LossTerm> RetinaNet::losses(const torch::Tensor& images,
                                        const std::vector<Target>& targets, std::vector<Rng>&,
                                        torch::ScalarType compute, const LossOptions& weights) {
  const RetinaLosses losses =
      head->losses(head(backbone(images, compute), images.size(2), images.size(3)), targets);
  return {{"loss_classifier", losses.classification},
          {"loss_box_reg", losses.box, weights.lambda_loc}};
}

std::vector<ImageDetections> RetinaNet::detect(const torch::Tensor& images,
                                               torch::ScalarType compute, bool, double) {
  torch::InferenceMode inference;
  const int64_t height = images.size(2), width = images.size(3);
  return head->detect(head(backbone(images, compute), height, width), height, width);
}

}  // namespace mammograft
