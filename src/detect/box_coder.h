// Boxes as the regression targets of R-CNN (Girshick et al. 2014, appendix C; torchvision's
// BoxCoder).
#pragma once

#include <torch/types.h>

#include <array>

namespace mammograft {

// The largest dw, dh: without the clamp an untrained network's exp() overflows.
inline constexpr double kLargestLogScale = 4.135166556742356;  // log(1000 / 16)
inline constexpr std::array<double, 4> kBoxHeadWeights{10, 10, 5, 5};

struct BoxCoder {
  std::array<double, 4> weights{1, 1, 1, 1};  // RPN, RetinaNet; the box head uses kBoxHeadWeights

  // boxes, anchors: [R, 4] xyxy -> deltas [R, 4] (dx, dy, dw, dh).
  torch::Tensor encode(const torch::Tensor& boxes, const torch::Tensor& anchors) const;
  // deltas [R, 4 * K], anchors [R, 4] -> boxes [R, K, 4]. dw, dh are at most kLargestLogScale.
  torch::Tensor decode(const torch::Tensor& deltas, const torch::Tensor& anchors) const;
};

}  // namespace mammograft
