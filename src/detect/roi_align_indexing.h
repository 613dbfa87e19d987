// RoIAlign out of tensor operations alone: for devices that have no kernel of ours.
#pragma once

#include <torch/types.h>

#include "detect/roi_align.h"

namespace mammograft {

// As roi_align(), on any device; autograd follows the operations. Takes output^2 * sampling^2
// copies of the channels of every box; sampling <= 0 asks the device for the largest box and waits.
torch::Tensor roi_align_by_indexing(const torch::Tensor& features, const torch::Tensor& boxes,
                                    const torch::Tensor& image_index,
                                    const RoiAlignOptions& options);

}  // namespace mammograft
