// How a detector is run, whatever it has learnt.
#pragma once

#include <filesystem>
#include <string>

namespace mammograft {

struct RuntimeOptions {
  std::string precision = "auto";  // auto | fp32 | bf16 | int8 (OpenVINO only)
  std::string device = "auto";
  int threads = 0;         // of the engine openvino, 0: all cores; LibTorch's are set_threads()'s
  bool all_masks = false;  // masks for every detection, however unlikely
  std::string engine = "torch";            // torch | openvino
  std::filesystem::path calibration = {};  // of int8 (mammograft calibrate); else empty
  // Mirror images looked at besides the image itself, what they show fused into one (box_fusion.h):
  // none | x (left-right, two looks) | xy (left-right, top-bottom and both, four looks).
  std::string mirrors = "none";
};

}  // namespace mammograft
