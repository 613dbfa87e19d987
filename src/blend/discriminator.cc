#include "blend/discriminator.h"

#include <ATen/Functions.h>

namespace mammograft {

torch::Tensor weight_by_share(const torch::Tensor& share, const std::string& looks_at) {
  const torch::Tensor weight = looks_at == "omega" ? share : at::ones_like(share);
  return weight / weight.sum({1, 2, 3}, true).clamp_min(1e-12);
}

}  // namespace mammograft
