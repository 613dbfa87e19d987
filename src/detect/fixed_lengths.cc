#include "detect/fixed_lengths.h"

#include <torch/types.h>

namespace mammograft {
namespace {

thread_local bool everywhere = false;

}  // namespace

bool fixed_lengths(torch::Device device) { return everywhere || !device.is_cpu(); }

FixedLengthsGuard::FixedLengthsGuard() : before_(everywhere) { everywhere = true; }
FixedLengthsGuard::~FixedLengthsGuard() { everywhere = before_; }

torch::Tensor chosen_rows(const torch::Tensor& chosen, int64_t most) {
  if (!fixed_lengths(chosen.device())) return torch::nonzero(chosen).squeeze(1);
  return torch::arange(most, torch::dtype(torch::kLong).device(chosen.device()));
}

}  // namespace mammograft
