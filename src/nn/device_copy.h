// From the host's memory to a device's.
#pragma once

#include <torch/types.h>

namespace mammograft {

// The tensor on `device`. Towards CUDA the copy goes through pinned memory and nobody waits for it;
// what the device does with it comes after it.
torch::Tensor to_device(const torch::Tensor& tensor, torch::Device device);

}  // namespace mammograft
