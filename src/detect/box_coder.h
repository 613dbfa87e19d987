// Boxes as the regression targets of R-CNN (Girshick et al. 2014, appendix C; torchvision's
// BoxCoder).
#pragma once

#include <torch/types.h>

#include <array>

namespace mammograft {

struct BoxCoder {
  std::array<double, 4> weights{1, 1, 1, 1};  // RPN; the box head uses {10, 10, 5, 5}

  // boxes, anchors: [R, 4] xyxy -> deltas [R, 4] (dx, dy, dw, dh).
  torch::Tensor encode(const torch::Tensor& boxes, const torch::Tensor& anchors) const;
  // deltas [R, 4 * K], anchors [R, 4] -> boxes [R, K, 4]. dw, dh are clamped to log(1000 / 16).
  torch::Tensor decode(const torch::Tensor& deltas, const torch::Tensor& anchors) const;
};

}  // namespace mammograft
