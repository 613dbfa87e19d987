#include "nn/shape.h"

#include "core/error.h"

namespace mammograft {
namespace {

bool fits(at::IntArrayRef shape, at::IntArrayRef expected) {
  if (shape.size() != expected.size()) return false;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (expected[i] != kAnySize && shape[i] != expected[i]) return false;
  }
  return true;
}

}  // namespace

std::string shape_text(at::IntArrayRef shape) {
  std::string text;
  for (const int64_t size : shape) {
    if (!text.empty()) text += ", ";
    text += size == kAnySize ? "?" : std::to_string(size);
  }
  return "[" + text + "]";
}

void check_shape(const torch::Tensor& tensor, at::IntArrayRef expected, const char* name) {
  if (tensor.defined() && fits(tensor.sizes(), expected)) return;
  fail(ErrorKind::defect, "{}: found {}, expected {}", name,
       tensor.defined() ? shape_text(tensor.sizes()) : "no tensor", shape_text(expected));
}

void check_kernel_type(const torch::Tensor& tensor, torch::ScalarType type, const char* name) {
  if (tensor.defined() && tensor.is_cpu() && tensor.scalar_type() == type) return;
  fail(ErrorKind::defect, "{}: found {}, expected {} on cpu", name,
       tensor.defined()
           ? fmt::format("{} on {}", c10::toString(tensor.scalar_type()), tensor.device().str())
           : "no tensor",
       c10::toString(type));
}

void check_contiguous(const torch::Tensor& tensor, const char* name) {
  if (tensor.is_contiguous()) return;
  fail(ErrorKind::defect, "{}: found {} with strides {}, expected it contiguous", name,
       shape_text(tensor.sizes()), shape_text(tensor.strides()));
}

}  // namespace mammograft
