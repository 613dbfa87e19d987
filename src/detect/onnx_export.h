// A detector for other programs: its networks as ONNX, the rest as numbers. No torch in this
// header.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mammograft {

inline constexpr const char* kDetectorJson = "detector.json";

// Writes into `folder`: dense.onnx, the heads that have learnt (box_head.onnx, mask_head.onnx), and
// last kDetectorJson. Heads of another detector that were there are removed. What is written, in
// that order. Throws as read_detector_info(); io.
std::vector<std::filesystem::path> export_onnx(const std::filesystem::path& model,
                                               const std::filesystem::path& folder);

}  // namespace mammograft
