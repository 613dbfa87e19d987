// Anchors: boxes of fixed sizes and shapes at every location of every pyramid level (Faster R-CNN
// §3.1), with torchvision's rounding and order.
#pragma once

#include <torch/types.h>

#include <vector>

#include "detect/detector_options.h"

namespace mammograft {

// The anchors of one location, centred on (0, 0): [A, 4] xyxy, rounded to whole pixels; ratios
// outer, sizes inner, as torchvision orders them.
torch::Tensor base_anchors(const std::vector<double>& sizes, const std::vector<double>& ratios);

// Sizes of level `level`.
std::vector<double> level_sizes(const AnchorOptions& options, int level);
int anchors_per_location(const AnchorOptions& options);

// All anchors of one level for a feature map of height x width: [height * width * A, 4],
// location-major. The stride is the image's size over the grid's, as in torchvision.
torch::Tensor level_anchors(const AnchorOptions& options, int level, int64_t height, int64_t width,
                            int64_t stride_y, int64_t stride_x);

// The anchors of all levels, finest first.
struct PyramidAnchors {
  torch::Tensor boxes;               // [R, 4], on the levels' device
  std::vector<int64_t> level_sizes;  // anchors of each level; sum = R
};
// levels: the pyramid, [N, C, H, W] each; height, width: of the network's input.
PyramidAnchors pyramid_anchors(const AnchorOptions& options,
                               const std::vector<torch::Tensor>& levels, int64_t height,
                               int64_t width);

// What a head says of the anchors of a level, `values` numbers each: [N, A * values, H, W] ->
// [N, H * W * A, values], the order of level_anchors().
torch::Tensor location_major(const torch::Tensor& map, int64_t values);

}  // namespace mammograft
