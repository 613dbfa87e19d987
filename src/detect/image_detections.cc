#include "detect/image_detections.h"

#include <torch/types.h>

#include "detect/box_ops.h"
#include "detect/roi_bins.h"

namespace mammograft {

ImageDetections select_detections(const torch::Tensor& boxes, const torch::Tensor& scores,
                                  const torch::Tensor& labels, double nms_iou, double score_floor,
                                  int64_t most) {
  torch::Tensor keep = torch::nonzero(scores > score_floor).squeeze(1);
  keep = keep.index_select(0, keep_not_smaller(boxes.index_select(0, keep), kLeastDetectionSide));
  keep = keep.index_select(0, batched_nms(boxes.index_select(0, keep), scores.index_select(0, keep),
                                          labels.index_select(0, keep), nms_iou));
  keep = keep.slice(0, 0, most);
  return {boxes.index_select(0, keep), scores.index_select(0, keep), labels.index_select(0, keep),
          torch::zeros({0, kMaskSize, kMaskSize})};
}

}  // namespace mammograft
