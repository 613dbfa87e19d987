// Operations on tensors of boxes, xyxy in pixels.
#pragma once

#include <torch/types.h>

namespace mammograft {

torch::Tensor box_areas(const torch::Tensor& boxes);  // [..., 4] -> [...]
// [..., P, 4], [..., Q, 4] -> [..., P, Q]; not a number between two boxes without an area.
torch::Tensor box_iou(const torch::Tensor& a, const torch::Tensor& b);
torch::Tensor box_cover(const torch::Tensor& a,
                        const torch::Tensor& b);  // share of a in b, as above
torch::Tensor clip_boxes(const torch::Tensor& boxes, int64_t height, int64_t width);  // [..., 4]
torch::Tensor not_smaller(const torch::Tensor& boxes, double min_size);  // [..., 4] -> [...] bool
torch::Tensor keep_not_smaller(const torch::Tensor& boxes, double min_size);  // [R, 4] -> indices

// Greedy non-maximum suppression: indices of the kept boxes by falling score; of two boxes with
// IoU > threshold the one with the higher score stays. Ties keep their order. boxes [R, 4], scores
// [R].
torch::Tensor nms(const torch::Tensor& boxes, const torch::Tensor& scores, double threshold);

// NMS within each group (level or class): boxes of different groups never suppress each other.
torch::Tensor batched_nms(const torch::Tensor& boxes, const torch::Tensor& scores,
                          const torch::Tensor& groups, double threshold);

// NMS that never waits for the device, on lists of boxes [..., R, 4] by falling score: which ones
// stay, [..., R] bool. All at once, again and again, a box stays unless one before it that still
// stands overlaps it (Zheng et al. 2020, "Cluster-NMS"). After an odd number of rounds all that
// stay are nms()'s; what lacks are those whose fate hangs on a chain of more than `rounds` boxes,
// each overlapping the next.
inline constexpr int kNmsRounds = 33;
torch::Tensor nms_in_rounds(const torch::Tensor& boxes, double threshold, int rounds = kNmsRounds);

}  // namespace mammograft
