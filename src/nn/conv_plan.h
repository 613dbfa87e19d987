// A part of a network as a list, for engines other than LibTorch and for other programs: the
// convolutional part, or what runs on regions of its maps. No torch.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mammograft {

// One operation on maps [1, C, H, W] or regions [R, C, h, w]. `input` and `other` are places in
// ConvPlan::nodes, before this one.
struct PlanNode {
  enum class Kind {
    image,        // the grey input in [0, 1] as the three normalised channels of ImageNet
    regions,      // the input of a head, of any number of regions; shape {0, C, h, w}
    convolution,  // of `input`, + bias, + the map `other` if there is one, then the ReLU if wanted
    max_pool,     // 3x3, stride 2, padding 1
    add_upsampled,  // input + other, enlarged to the size of input by the nearest pixel
    relu,           // max(0, input)
    every_second,   // every second row and column
    linear,  // of all numbers of a region, channel by channel, + bias, then the ReLU if wanted
    transposed_convolution,  // + bias, then the ReLU if wanted; kernels do not overlap: stride h =
                             // w
  };
  std::string name;  // unique
  Kind kind = Kind::image;
  int input = -1, other = -1;
  // weight [K, C, h, w] ([C, K, h, w] of a transposed convolution), bias [K]; no dilation, no
  // groups. Of a linear layer: [K, C * h * w, 1, 1].
  std::array<int64_t, 4> shape{};
  std::vector<float> weight = {}, bias = {};
  std::string tensors = {};  // their name: nodes with the same one share them (a head on levels)
  int64_t stride = 1, padding = 0;
  bool relu = false;
};

struct PlanOutput {
  int node = 0;
  bool exact = false;     // always fp32; else bf16 where the network computes in bf16 or int8
  std::string name = {};  // unique: "p3"
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
