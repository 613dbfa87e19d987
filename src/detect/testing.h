// Helpers of the tests of detect. Only for *_test.cc files.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/rng.h"

namespace mammograft {

// One part of what torchvision says (tests/golden/detect/make_golden.py).
inline const Json& golden(const std::string& part) {
  static const Json all = read_json(std::filesystem::path(MAMMOGRAFT_SOURCE_DIR) /
                                    "tests/golden/detect/detect_golden.json");
  return all.at(part);
}

// {"shape": [...], "values": [...]}
inline torch::Tensor tensor_of(const Json& json, const char* values = "values",
                               torch::ScalarType type = torch::kFloat) {
  const auto shape = json.at("shape").get<std::vector<int64_t>>();
  return torch::tensor(json.at(values).get<std::vector<double>>(), torch::kFloat64)
      .to(type)
      .view(shape);
}

inline std::vector<int64_t> list_of(const torch::Tensor& tensor) {
  const torch::Tensor t = tensor.to(torch::kLong).contiguous();
  return {t.data_ptr<int64_t>(), t.data_ptr<int64_t>() + t.numel()};
}

inline std::vector<int64_t> list_of(const Json& json) { return json.get<std::vector<int64_t>>(); }

inline double largest_difference(const torch::Tensor& a, const torch::Tensor& b) {
  if (a.sizes() != b.sizes()) return std::numeric_limits<double>::infinity();
  return a.numel() == 0 ? 0 : (a - b).abs().max().item<double>();
}

// Numbers in [-1, 1) that no library's random generator can change.
inline torch::Tensor noise(at::IntArrayRef shape, uint64_t seed) {
  Rng rng(seed);
  torch::Tensor tensor = torch::empty(shape, torch::kFloat);
  for (int64_t i = 0; i < tensor.numel(); ++i) {
    tensor.data_ptr<float>()[i] = static_cast<float>(rng.uniform(-1, 1));
  }
  return tensor;
}

// The ellipses within boxes [G, 4] as masks [G, height, width].
inline torch::Tensor ellipses(const torch::Tensor& boxes, int64_t height, int64_t width) {
  torch::Tensor masks = torch::zeros({boxes.size(0), height, width}, torch::kByte);
  for (int64_t g = 0; g < boxes.size(0); ++g) {
    const torch::Tensor box = boxes[g].to(torch::kDouble), mask = masks[g];
    const auto b = box.accessor<double, 1>();
    auto m = mask.accessor<uint8_t, 2>();
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        const double u = (2.0 * x + 1 - b[0] - b[2]) / (b[2] - b[0]),
                     v = (2.0 * y + 1 - b[1] - b[3]) / (b[3] - b[1]);
        m[y][x] = u * u + v * v < 1;
      }
    }
  }
  return masks;
}

}  // namespace mammograft
