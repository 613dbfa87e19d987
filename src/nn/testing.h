// Numbers that Python and C++ compute alike (tests/golden/noise.py). Only for *_test.cc files.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>

namespace mammograft {

inline uint32_t fnv1a(const std::string& name) {
  uint32_t value = 2166136261u;
  for (const unsigned char byte : name) value = (value ^ byte) * 16777619u;
  return value;
}

// Uniform in [-1, 1), mixed from the element's index and the hash of the name; fp64.
inline torch::Tensor golden_noise(const std::string& name, at::IntArrayRef shape) {
  torch::Tensor result = torch::empty(shape, torch::kFloat64);
  double* values = result.data_ptr<double>();
  const uint32_t start = fnv1a(name);
  for (int64_t i = 0; i < result.numel(); ++i) {
    uint32_t v = static_cast<uint32_t>(i) * 2654435761u + start;
    v = (v ^ (v >> 16)) * 0x45D9F3Bu;
    v ^= v >> 16;
    values[i] = v / 2147483648.0 - 1;
  }
  return result;
}

}  // namespace mammograft
