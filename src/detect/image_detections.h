// What a network finds in one image, as tensors.
#pragma once

#include <torch/types.h>

namespace mammograft {

// The detections of one image, by falling score.
struct ImageDetections {
  torch::Tensor boxes;   // [D, 4], network pixels
  torch::Tensor scores;  // [D] 0 .. 1
  torch::Tensor labels;  // [D] int64, 1 .. K-1
  torch::Tensor masks;   // [M, kMaskSize, kMaskSize] probabilities of the first M detections
};

inline constexpr double kLeastDetectionSide = 1e-2;  // network pixels; smaller ones are dropped

// Of boxes [R, 4] with scores [R] and labels [R] those above the floor and not empty, after NMS
// within each label, the `most` best; without masks.
ImageDetections select_detections(const torch::Tensor& boxes, const torch::Tensor& scores,
                                  const torch::Tensor& labels, double nms_iou, double score_floor,
                                  int64_t most);

}  // namespace mammograft
