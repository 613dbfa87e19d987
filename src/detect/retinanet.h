// RetinaNet (Lin et al. 2017): one stage, every anchor a detection. backbone, head, with
// torchvision's parameter names.
#pragma once

#include <vector>

#include "detect/detection_network.h"
#include "detect/retina_head.h"

namespace mammograft {

struct RetinaNet : DetectionNetwork {
  explicit RetinaNet(const DetectorOptions& options);

  std::vector<LossTerm> losses(const torch::Tensor& images, const std::vector<Target>& targets,
                               std::vector<Rng>& rngs, torch::ScalarType compute,
                               const LossOptions& weights) override;
  std::vector<ImageDetections> detect(const torch::Tensor& images, torch::ScalarType compute,
                                      bool with_masks, double mask_score_floor) override;
  bool has_masks() const override { return false; }

  RetinaHead head{nullptr};
};

}  // namespace mammograft
