// RoIAlign made of tensor operations, for devices on which our kernel does not run.
#pragma once

#include <torch/types.h>

#include <vector>

#include "detect/pyramid_level.h"
#include "detect/roi_align_options.h"

namespace mammograft {

// As roi_align(), differentiable in the features, on any device. With options.sampling <= 0 the
// host waits for the device to learn how many samples the largest box takes.
torch::Tensor roi_align_by_indexing(const torch::Tensor& features, const torch::Tensor& boxes,
                                    const torch::Tensor& image_index,
                                    const RoiAlignOptions& options);

// As pyramid_roi_align(); the host waits for nothing.
torch::Tensor pyramid_roi_align_by_indexing(const std::vector<torch::Tensor>& features,
                                            const std::vector<int>& strides,
                                            const torch::Tensor& boxes,
                                            const torch::Tensor& image_index, int output,
                                            const LevelRule& rule = {});

// As crop_masks(): a product with one matrix along each axis; the host waits for nothing.
torch::Tensor crop_masks_by_products(const torch::Tensor& masks, const torch::Tensor& boxes,
                                     const torch::Tensor& mask_index, int output);

}  // namespace mammograft
