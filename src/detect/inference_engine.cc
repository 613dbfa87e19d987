#include "detect/inference_engine.h"

#include <torch/types.h>

#include "nn/openvino_network.h"

namespace mammograft {
namespace {

std::string precision_name(torch::ScalarType compute) {
  return compute == torch::kBFloat16 ? "bf16" : "fp32";
}

class TorchEngine : public InferenceEngine {
 public:
  TorchEngine(DetectionNetwork& network, torch::ScalarType compute)
      : network_(network), compute_(compute) {}

  std::vector<torch::Tensor> maps(const torch::Tensor& image) override {
    return network_.maps(image, compute_);
  }
  // On a GPU images would only wait for one another, each with its memory.
  bool many_at_a_time() const override { return network_.parameters().front().is_cpu(); }
  std::string description() const override { return "LibTorch, " + precision_name(compute_); }

 private:
  DetectionNetwork& network_;
  torch::ScalarType compute_;
};

class OpenVinoEngine : public InferenceEngine {
 public:
  OpenVinoEngine(const ConvPlan& plan, const std::string& precision, const ActivationRanges& ranges,
                 int threads)
      : network_(plan, precision, ranges, threads), precision_(precision) {}

  std::vector<torch::Tensor> maps(const torch::Tensor& image) override {
    ensure(image.dim() == 4 && image.size(0) == 1 && image.size(1) == 1,
           "OpenVINO: expected an image [1, 1, H, W], got {} dimensions", image.dim());
    const torch::Tensor pixels = image.to(torch::kFloat).contiguous();
    std::vector<torch::Tensor> maps;
    for (const PlanMap& map :
         network_.run(pixels.data_ptr<float>(), pixels.size(2), pixels.size(3))) {
      const auto [height, width, channels] = map.shape;
      maps.push_back(torch::from_blob(map.data, {1, height, width, channels},
                                      map.bf16 ? torch::kBFloat16 : torch::kFloat)
                         .permute({0, 3, 1, 2}));
    }
    return maps;
  }
  // Each size is compiled for, which takes longer than the added air.
  int64_t side_multiple() const override { return 128; }
  std::string description() const override { return openvino_version() + ", " + precision_; }

 private:
  OpenVinoNetwork network_;
  std::string precision_;
};

}  // namespace

std::unique_ptr<InferenceEngine> torch_engine(DetectionNetwork& network,
                                              torch::ScalarType compute) {
  return std::make_unique<TorchEngine>(network, compute);
}

std::unique_ptr<InferenceEngine> openvino_engine(const DetectionNetwork& network,
                                                 torch::ScalarType compute, int threads) {
  return std::make_unique<OpenVinoEngine>(network.plan(), precision_name(compute),
                                          ActivationRanges{}, threads);
}

std::unique_ptr<InferenceEngine> openvino_int8_engine(const DetectionNetwork& network,
                                                      const ActivationRanges& ranges, int threads) {
  return std::make_unique<OpenVinoEngine>(network.plan(), "int8", ranges, threads);
}

}  // namespace mammograft
