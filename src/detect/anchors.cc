#include "detect/anchors.h"

#include <cmath>

#include "nn/device_copy.h"

namespace mammograft {

torch::Tensor base_anchors(const std::vector<double>& sizes, const std::vector<double>& ratios) {
  std::vector<float> values;
  for (double ratio : ratios) {
    const float h_ratio = std::sqrt(static_cast<float>(ratio));
    const float w_ratio = 1.0f / h_ratio;
    for (double size : sizes) {
      const float w = w_ratio * static_cast<float>(size), h = h_ratio * static_cast<float>(size);
      // nearbyint rounds halves to even, as torch.round does.
      for (float v : {-w / 2, -h / 2, w / 2, h / 2}) values.push_back(std::nearbyint(v));
    }
  }
  const auto rows = static_cast<int64_t>(values.size() / 4);
  return torch::tensor(values).view({rows, 4});
}

std::vector<double> level_sizes(const AnchorOptions& options, int level) {
  const size_t n = options.sizes_per_level;
  const size_t first = n * level;
  if (n < 1 || first + n > options.sizes.size()) {
    fail(ErrorKind::usage,
         "anchors.sizes: found {} sizes with sizes_per_level {}, expected enough for level {}",
         options.sizes.size(), n, level + 1);
  }
  return {options.sizes.begin() + first, options.sizes.begin() + first + n};
}

int anchors_per_location(const AnchorOptions& options) {
  return options.sizes_per_level * static_cast<int>(options.ratios.size());
}

torch::Tensor level_anchors(const AnchorOptions& options, int level, int64_t height, int64_t width,
                            int64_t stride_y, int64_t stride_x) {
  const torch::Tensor base = base_anchors(level_sizes(options, level), options.ratios);
  const torch::Tensor xs = torch::arange(width, torch::kFloat) * static_cast<double>(stride_x);
  const torch::Tensor ys = torch::arange(height, torch::kFloat) * static_cast<double>(stride_y);
  const torch::Tensor x = xs.repeat({height});                 // [H * W]
  const torch::Tensor y = ys.repeat_interleave(width);         // [H * W]
  const torch::Tensor shifts = torch::stack({x, y, x, y}, 1);  // [H * W, 4]
  return (shifts.unsqueeze(1) + base.unsqueeze(0)).reshape({-1, 4});
}

PyramidAnchors pyramid_anchors(const AnchorOptions& options,
                               const std::vector<torch::Tensor>& levels, int64_t height,
                               int64_t width) {
  std::vector<torch::Tensor> boxes;
  PyramidAnchors all;
  for (size_t i = 0; i < levels.size(); ++i) {
    const int64_t h = levels[i].size(2), w = levels[i].size(3);
    boxes.push_back(level_anchors(options, static_cast<int>(i), h, w, height / h, width / w));
    all.level_sizes.push_back(boxes.back().size(0));
  }
  all.boxes = to_device(torch::cat(boxes), levels.front().device());
  return all;
}

torch::Tensor location_major(const torch::Tensor& map, int64_t values) {
  const int64_t n = map.size(0), h = map.size(2), w = map.size(3);
  return map.view({n, -1, values, h, w}).permute({0, 3, 4, 1, 2}).reshape({n, -1, values});
}

}  // namespace mammograft
