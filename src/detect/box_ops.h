// Operations on tensors of boxes, xyxy in pixels.
#pragma once

#include <torch/types.h>

namespace mammograft {

torch::Tensor box_iou(const torch::Tensor& a, const torch::Tensor& b);  // [P, 4], [Q, 4] -> [P, Q]
torch::Tensor box_cover(const torch::Tensor& a, const torch::Tensor& b);  // share of a in b, [P, Q]
torch::Tensor clip_boxes(const torch::Tensor& boxes, int64_t height, int64_t width);  // [..., 4]
torch::Tensor keep_not_smaller(const torch::Tensor& boxes, double min_size);  // [R, 4] -> indices

// Greedy non-maximum suppression: indices of the kept boxes by falling score; of two boxes with
// IoU > threshold the one with the higher score stays. Ties keep their order. boxes [R, 4], scores
// [R].
torch::Tensor nms(const torch::Tensor& boxes, const torch::Tensor& scores, double threshold);

// NMS within each group (level or class): boxes of different groups never suppress each other.
torch::Tensor batched_nms(const torch::Tensor& boxes, const torch::Tensor& scores,
                          const torch::Tensor& groups, double threshold);

}  // namespace mammograft
