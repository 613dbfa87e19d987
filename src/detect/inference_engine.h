// Who computes a detector's maps at inference: LibTorch or OpenVINO.
#pragma once

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

#include "detect/detection_network.h"
#include "nn/conv_plan.h"

namespace mammograft {

class InferenceEngine {
 public:
  virtual ~InferenceEngine() = default;
  // image [1, 1, H, W] in [0, 1] -> DetectionNetwork::maps() of it, valid until the next call.
  virtual std::vector<torch::Tensor> maps(const torch::Tensor& image) = 0;
  // Both sides of the image are a multiple of this, 32 or more. An engine that prepares itself for
  // every size asks for few of them.
  virtual int64_t side_multiple() const { return 32; }
  virtual bool many_at_a_time() const { return false; }  // maps() may run on several threads
  virtual std::string description() const = 0;           // "OpenVINO 2026.4.1, int8"
};

// `network` must outlive the engine, which follows its weights.
std::unique_ptr<InferenceEngine> torch_engine(DetectionNetwork& network, torch::ScalarType compute);
// These keep the weights as they are now. ranges, threads: see OpenVinoNetwork. usage error in a
// build without OpenVINO.
std::unique_ptr<InferenceEngine> openvino_engine(const DetectionNetwork& network,
                                                 torch::ScalarType compute, int threads);
std::unique_ptr<InferenceEngine> openvino_int8_engine(const DetectionNetwork& network,
                                                      const ActivationRanges& ranges, int threads);

}  // namespace mammograft
