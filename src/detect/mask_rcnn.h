// Mask R-CNN (He et al. 2017) on a feature pyramid: backbone, rpn, roi_heads, with torchvision's
// parameter names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "detect/detection_network.h"
#include "detect/roi_heads.h"
#include "detect/rpn.h"

namespace mammograft {

struct MaskRcnn : DetectionNetwork {
  explicit MaskRcnn(const DetectorOptions& options);

  // `compute` holds for the box head too; RoIAlign is fp32.
  std::vector<LossTerm> losses(const torch::Tensor& images, const std::vector<Target>& targets,
                               std::vector<Rng>& rngs, torch::ScalarType compute,
                               const LossOptions& weights) override;
  std::vector<torch::Tensor> maps(const torch::Tensor& images, torch::ScalarType compute) override;
  ConvPlan plan() const override;
  std::map<std::string, ConvPlan> head_plans() const override;  // box_head, mask_head
  std::vector<ImageDetections> find(const std::vector<torch::Tensor>& maps, int64_t height,
                                    int64_t width, bool with_masks,
                                    double mask_score_floor) override;
  bool has_masks() const override { return true; }

  Rpn rpn{nullptr};
  RoiHeads roi_heads{nullptr};
};

}  // namespace mammograft
