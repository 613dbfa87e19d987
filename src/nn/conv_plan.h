// The convolutional part of a network as a list, for engines other than LibTorch. No torch.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mammograft {

// One operation on maps [1, C, H, W]. `input` and `other` are places in ConvPlan::nodes, before
// this one.
struct PlanNode {
  enum class Kind {
    image,        // the grey input in [0, 1] as the three normalised channels of ImageNet
    convolution,  // of `input`, + bias, + the map `other` if there is one, then the ReLU if wanted
    max_pool,     // 3x3, stride 2, padding 1
    add_upsampled,  // input + other, enlarged to the size of input by the nearest pixel
    relu,           // max(0, input)
    every_second,   // every second row and column
  };
  std::string name;  // unique
  Kind kind = Kind::image;
  int input = -1, other = -1;
  // Of a convolution: weight [K, C, h, w], bias [K]; no dilation, no groups.
  std::array<int64_t, 4> shape{};
  std::vector<float> weight = {}, bias = {};
  int64_t stride = 1, padding = 0;
  bool relu = false;
};

struct PlanOutput {
  int node = 0;
  bool exact = false;  // always fp32; else bf16 where the network computes in bf16 or int8
};

struct ConvPlan {
  std::vector<PlanNode> nodes;
  std::vector<PlanOutput> outputs;
};

// What eight bits have to hold of a map: [0, limit], or [-limit, limit] where it has both signs.
struct ActivationRange {
  double limit = 0;
  bool negative = false;
};
using ActivationRanges = std::map<std::string, ActivationRange>;  // by PlanNode::name

}  // namespace mammograft
