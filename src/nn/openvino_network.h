// A ConvPlan run by OpenVINO on the CPU. No torch and no OpenVINO in this header.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nn/conv_plan.h"

namespace mammograft {

// A map in the network's memory, channels innermost: [height, width, channels].
struct PlanMap {
  void* data = nullptr;
  bool bf16 = false;  // else float
  std::array<int64_t, 3> shape{};
};

class OpenVinoNetwork {
 public:
  // precision: fp32 | bf16 | int8. int8 quantises weights (by output channel) and the inputs of all
  // convolutions, whose `ranges` must be given; what is left is bf16 where the processor has it.
  // threads: 0 takes all cores. usage error in a build without OpenVINO.
  OpenVinoNetwork(const ConvPlan& plan, const std::string& precision,
                  const ActivationRanges& ranges, int threads);
  ~OpenVinoNetwork();
  OpenVinoNetwork(const OpenVinoNetwork&) = delete;
  OpenVinoNetwork& operator=(const OpenVinoNetwork&) = delete;

  // image: height x width floats, row by row. The maps of plan.outputs, valid until the next run. A
  // size that was not seen lately costs some tenths of a second more: it is compiled for.
  std::vector<PlanMap> run(const float* image, int64_t height, int64_t width);

  // The arithmetic of each convolution of the last run ("brgconv_avx512_I8"), for tests.
  std::vector<std::string> convolution_kernels() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::string openvino_version();  // "OpenVINO 2026.4.1", "" in a build without it

}  // namespace mammograft
