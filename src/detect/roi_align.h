// RoIAlign (Mask R-CNN §3): bilinear samples of a feature map on a regular grid within a box.
#pragma once

#include <torch/types.h>

#include <vector>

#include "detect/pyramid_level.h"
#include "detect/roi_align_options.h"

namespace mammograft {

// features [N, C, H, W]; boxes [R, 4] xyxy; image_index [R] int64 -> [R, C, output, output],
// channels-last, of the features' dtype, summed in fp32 (fp64 in fp64).
// Differentiable in the features. On a CPU a kernel of ours, fastest on channels-last features;
// elsewhere tensor operations.
torch::Tensor roi_align(const torch::Tensor& features, const torch::Tensor& boxes,
                        const torch::Tensor& image_index, const RoiAlignOptions& options);

// masks [G, H, W], 0 or 1; boxes [R, 4] within them; mask_index [R] -> [R, output, output], fp32
// (fp64 for boxes in fp64): of each box the share of every bin that its mask covers (RoIAlign with
// as many samples as pixels).
torch::Tensor crop_masks(const torch::Tensor& masks, const torch::Tensor& boxes,
                         const torch::Tensor& mask_index, int output);

// Each box from the level that its size asks for. features: finest first, with their strides.
torch::Tensor pyramid_roi_align(const std::vector<torch::Tensor>& features,
                                const std::vector<int>& strides, const torch::Tensor& boxes,
                                const torch::Tensor& image_index, int output,
                                const LevelRule& rule = {});

}  // namespace mammograft
