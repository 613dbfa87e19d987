// A ConvPlan as an ONNX file, which other programs run. No torch.
#pragma once

#include <string>

#include "nn/conv_plan.h"

namespace mammograft {

// The bytes of the file, in fp32: IR version 8, operator set 17 (ONNX 1.12 of 2022; ONNX Runtime
// reads it from 1.12 on). Input: "image" [1, 1, height, width], any multiples of 32, or "regions"
// [R, C, h, w], any R, as the plan begins. Outputs: under the names that plan.outputs give them, in
// their order, [1, C, h, w] or [R, ...]. name: of the graph; about: what it says to a reader.
// A plan whose outputs have no names is a defect.
std::string onnx_file(const ConvPlan& plan, const std::string& name, const std::string& about);

}  // namespace mammograft
