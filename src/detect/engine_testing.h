// An engine without a network's weights: what it sees is what it finds. Only for *_test.cc files.
#pragma once

#include <torch/types.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detect/detector.h"
#include "detect/detector_file.h"
#include "detect/inference_engine.h"
#include "detect/make_network.h"

namespace mammograft {

inline constexpr int kFakeBlock = 8;  // px: the finest level's stride

// RetinaNet with one square anchor at a location: its find() needs no weights, but for the boxes.
inline DetectorOptions fake_options() {
  DetectorOptions options = detector_preset("light", "retinanet");
  options.backbone.fpn_channels = 8;
  options.retina.convolutions = 0;
  options.anchors = {.sizes = {16, 32, 64, 128}, .sizes_per_level = 1, .ratios = {1.0}};
  options.input.crop = false;
  return options;
}

// The same for all tests: its weights are never looked at, and take long to draw.
inline std::shared_ptr<DetectionNetwork> fake_network() {
  static const std::shared_ptr<DetectionNetwork> network = make_network(fake_options());
  return network;
}

// What happened to an engine, which its detector owns.
struct FakeLog {
  std::vector<torch::Tensor> images;  // [1, 1, H, W] that it was shown, in order
};

// Finds every block of 8 x 8 pixels that is not black: its box is the block, its score the mean
// grey level times `gain`, which may depend on how often the engine was asked before.
class FakeEngine : public InferenceEngine {
 public:
  using Gain = std::function<double(size_t call)>;
  explicit FakeEngine(
      std::shared_ptr<FakeLog> log, Gain gain = [](size_t) { return 1.0; }, int64_t multiple = 32)
      : log_(std::move(log)), gain_(std::move(gain)), multiple_(multiple) {}

  std::vector<torch::Tensor> maps(const torch::Tensor& image) override {
    const double gain = gain_(log_->images.size());
    log_->images.push_back(image.clone());
    std::vector<torch::Tensor> logits, deltas;
    for (const int stride : fake_options().strides()) {
      const torch::Tensor grey = torch::avg_pool2d(image, stride, stride);
      const torch::Tensor score =
          stride == kFakeBlock ? gain * grey : torch::zeros_like(grey);  // the finest level only
      logits.push_back(torch::logit(score));
      deltas.push_back(block_of_anchor(stride).expand({1, 4, grey.size(2), grey.size(3)}));
    }
    logits.insert(logits.end(), deltas.begin(), deltas.end());
    return logits;
  }
  int64_t side_multiple() const override { return multiple_; }
  std::string description() const override { return "fake"; }

 private:
  // From the anchor, centred on a cell's corner and twice as wide, to the cell.
  static torch::Tensor block_of_anchor(int stride) {
    const double anchor = 2.0 * stride, half = std::log(0.5);
    return torch::tensor({0.5 * stride / anchor, 0.5 * stride / anchor, half, half}, torch::kFloat)
        .view({1, 4, 1, 1});
  }

  std::shared_ptr<FakeLog> log_;
  Gain gain_;
  int64_t multiple_;
};

// An image as a network sees it, black but for blocks, at the scale of the original.
struct GreyBlock {
  int x = 0, y = 0;  // px, multiples of 8
  double grey = 1;
};
inline NetworkInput fake_input(int height, int width, const std::vector<GreyBlock>& blocks) {
  NetworkInput input;
  input.pixels = cv::Mat::zeros(height, width, CV_32FC1);
  for (const auto& [x, y, grey] : blocks)
    input.pixels(cv::Rect(x, y, kFakeBlock, kFakeBlock)).setTo(grey);
  input.original_size = input.pixels.size();
  return input;
}

inline Detector fake_detector(
    std::shared_ptr<FakeLog> log, const std::string& mirrors = "none",
    FakeEngine::Gain gain = [](size_t) { return 1.0; },
    const DetectorInfo& info = {fake_options(), false, {}, {}}) {
  return {fake_network(),
          std::make_unique<FakeEngine>(std::move(log), std::move(gain)),
          info,
          {.device = "cpu", .mirrors = mirrors}};
}

}  // namespace mammograft
