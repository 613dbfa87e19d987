// Shapes of tensors, checked where a function takes them: another one is a defect of its caller,
// and the error says which. Only sizes, types and strides are looked at, so that no device is
// waited for; what lies on the device `meta` passes too.
#pragma once

#include <torch/types.h>

#include <string>

namespace mammograft {

inline constexpr int64_t kAnySize = -1;

std::string shape_text(at::IntArrayRef shape);  // "[2, 3]"; kAnySize is "?"

// check_shape(boxes, {kAnySize, 4}, "rpn: boxes") fails with
// "rpn: boxes: found [3, 5], expected [?, 4]".
void check_shape(const torch::Tensor& tensor, at::IntArrayRef expected, const char* name);

// What a kernel of ours reads through a bare pointer: on a CPU, of this type.
void check_kernel_type(const torch::Tensor& tensor, torch::ScalarType type, const char* name);
// And its numbers one after the other.
void check_contiguous(const torch::Tensor& tensor, const char* name);

}  // namespace mammograft
