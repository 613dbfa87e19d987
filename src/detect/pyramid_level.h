// Which level of a feature pyramid a box is read from.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

namespace mammograft {

// FPN, section 4.2: a box of the canonical size, that of ImageNet's images, is read from the level
// whose resolution a classifier's last stage has there (P4).
struct LevelRule {
  double canonical_size = 224;  // square root of the area, pixels
  int canonical_level = 4;
};

// Eq. (1) for each box: floor(level + log2(sqrt(area) / size)), clamped to the levels there are;
// `first_level` is 2 for P2. boxes [R, 4] -> [R], 0 for the finest level.
torch::Tensor pyramid_level(const torch::Tensor& boxes, int first_level, int levels,
                            const LevelRule& rule = {});

// The number of the level with the first of these strides: 2 for stride 4.
int first_level(const std::vector<int>& strides);

std::vector<std::string> level_names(const std::vector<int>& strides);  // "p3" has stride 8

}  // namespace mammograft
