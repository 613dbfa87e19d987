// RoIAlign (Mask R-CNN §3): bilinear samples of a feature map on a regular grid within a box.
#pragma once

#include <torch/types.h>

#include <vector>

namespace mammograft {

struct RoiAlignOptions {
  int output = 7;        // output x output bins
  double scale = 1;      // feature pixels per box pixel
  int sampling = 2;      // samples a bin and axis; <= 0: ceil(box side in feature pixels / output)
  bool aligned = false;  // shift by half a feature pixel (torchvision's Mask R-CNN: false)
};

// features [N, C, H, W]; boxes [R, 4] xyxy; image_index [R] int64 -> [R, C, output, output],
// channels-last, of the features' dtype, summed in fp32.
// Differentiable in the features. On a CPU a kernel of ours, fastest on channels-last features;
// elsewhere tensor operations.
torch::Tensor roi_align(const torch::Tensor& features, const torch::Tensor& boxes,
                        const torch::Tensor& image_index, const RoiAlignOptions& options);

// The level of each box (FPN, eq. (1)): floor(4 + log2(sqrt(area) / 224)), clamped to the levels
// there are; `first_level` is 2 for P2. boxes [R, 4] -> [R], 0 for the finest level.
torch::Tensor pyramid_level(const torch::Tensor& boxes, int first_level, int levels);

// The number of the level with the first of these strides: 2 for stride 4.
int first_level(const std::vector<int>& strides);

// masks [G, H, W], 0 or 1; boxes [R, 4] within them; mask_index [R] -> [R, output, output] fp32: of
// each box the share of every bin that its mask covers (RoIAlign with as many samples as pixels).
torch::Tensor crop_masks(const torch::Tensor& masks, const torch::Tensor& boxes,
                         const torch::Tensor& mask_index, int output);

// Each box from the level that its size asks for. features: finest first, with their strides.
torch::Tensor pyramid_roi_align(const std::vector<torch::Tensor>& features,
                                const std::vector<int>& strides, const torch::Tensor& boxes,
                                const torch::Tensor& image_index, int output);

}  // namespace mammograft
