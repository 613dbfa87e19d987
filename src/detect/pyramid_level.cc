#include "detect/pyramid_level.h"

#include <torch/types.h>

#include <cmath>

namespace mammograft {

torch::Tensor pyramid_level(const torch::Tensor& boxes, int first_level, int levels,
                            const LevelRule& rule) {
  const torch::Tensor side =
      ((boxes.select(1, 2) - boxes.select(1, 0)) * (boxes.select(1, 3) - boxes.select(1, 1)))
          .sqrt();
  // 1e-6 as in torchvision: a box of exactly the canonical size belongs to its level.
  const torch::Tensor level =
      (rule.canonical_level + torch::log2(side / rule.canonical_size) + 1e-6).floor();
  return (level.clamp(first_level, first_level + levels - 1) - first_level).to(torch::kLong);
}

int first_level(const std::vector<int>& strides) {
  return static_cast<int>(std::lround(std::log2(strides.front())));
}

std::vector<std::string> level_names(const std::vector<int>& strides) {
  std::vector<std::string> names;
  for (const int stride : strides)
    names.push_back(fmt::format("p{}", std::lround(std::log2(stride))));
  return names;
}

}  // namespace mammograft
