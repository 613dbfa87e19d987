// A prepared mammogram as the tensor that networks take.
#pragma once

#include <torch/types.h>

#include "nn/input.h"

namespace mammograft {

inline constexpr int64_t kSideMultiple = 32;  // what both sides of an image have to be one of

// [1, 1, H, W], H and W the next multiples of `multiple`, zeros right and below.
torch::Tensor padded_image(const NetworkInput& input, int64_t multiple = kSideMultiple);

}  // namespace mammograft
