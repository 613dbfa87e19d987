// Weights in eight bits: every row (output channel) as whole numbers from -127 to 127 times a scale
// of its own. Symmetric, per channel: Krishnamoorthi 2018, "Quantizing deep convolutional networks
// for efficient inference", §2.2 and §3.1. For storage; arithmetic stays what it was.
#pragma once

#include <torch/types.h>

namespace mammograft {

struct EightBitRows {
  torch::Tensor values;  // int8, the shape of the weight
  torch::Tensor scales;  // float32 [rows]
};

// weight: float [rows, ...], finite. To the nearest: off by half a row's scale at most, which is
// 1/127 of its largest magnitude. Rows of scaled_rows() come out as they went in.
EightBitRows eight_bit_rows(const torch::Tensor& weight);

torch::Tensor scaled_rows(const EightBitRows& rows);  // float32

}  // namespace mammograft
