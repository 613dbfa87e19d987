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
  // The maps of the classes on all levels, then those of the boxes; not the pyramid.
  std::vector<torch::Tensor> maps(const torch::Tensor& images, torch::ScalarType compute) override;
  ConvPlan plan() const override;
  std::vector<ImageDetections> find(const std::vector<torch::Tensor>& maps, int64_t height,
                                    int64_t width, bool with_masks,
                                    double mask_score_floor) override;
  bool has_masks() const override { return false; }

  RetinaHead head{nullptr};
};

}  // namespace mammograft
