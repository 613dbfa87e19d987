#include "nn/eight_bit_rows.h"

#include <ATen/Functions.h>

#include "core/error.h"

namespace mammograft {
namespace {

constexpr double kLargest = 127;

// [rows] beside [rows, ...]
torch::Tensor along_rows(const torch::Tensor& scales, int64_t dimensions) {
  std::vector<int64_t> shape(static_cast<size_t>(dimensions), 1);
  shape.front() = scales.size(0);
  return scales.view(shape);
}

}  // namespace

EightBitRows eight_bit_rows(const torch::Tensor& weight) {
  ensure(weight.dim() > 1 && weight.numel() > 0, "a weight without rows");
  const torch::Tensor plain = weight.detach().to(torch::kCPU, torch::kFloat32);
  const torch::Tensor scales = plain.abs().flatten(1).amax(1) / kLargest;
  const torch::Tensor divisors = at::where(scales > 0, scales, at::ones_like(scales));
  return {(plain / along_rows(divisors, plain.dim())).round().to(torch::kInt8), scales};
}

torch::Tensor scaled_rows(const EightBitRows& rows) {
  return rows.values.to(torch::kFloat32).mul_(along_rows(rows.scales, rows.values.dim()));
}

}  // namespace mammograft
