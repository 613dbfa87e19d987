// RetinaNet's head (Lin et al. 2017, §4): two towers of convolutions, one for the classes and one
// for the boxes, shared over the pyramid's levels.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <string>
#include <vector>

#include "detect/box_coder.h"
#include "detect/detector_options.h"
#include "detect/image_detections.h"
#include "detect/target.h"
#include "nn/layers.h"

namespace mammograft {

// Everything the head says about N images: the anchors of all levels joined, finest first. The
// background has no logit of its own: class k of K foreground classes is label k + 1.
struct RetinaOutput {
  torch::Tensor logits;              // [N, R, K] fp32
  torch::Tensor deltas;              // [N, R, 4] fp32
  torch::Tensor anchors;             // [R, 4]
  std::vector<int64_t> level_sizes;  // anchors of each level; sum = R
};

// What the towers say on each level, finest first, fp32.
struct RetinaMaps {
  std::vector<torch::Tensor> logits;  // [N, A * K, h, w]
  std::vector<torch::Tensor> deltas;  // [N, A * 4, h, w]
};

struct RetinaLosses {  // of each image over its number of positive anchors; the mean over images
  torch::Tensor classification;  // focal loss over all anchors but those in between
  torch::Tensor box;             // L1 of the positive ones
};

// head.classification_head, head.regression_head: conv.i.0 and the predictor under its own name.
struct RetinaTowerImpl : torch::nn::Module {
  RetinaTowerImpl(int64_t channels, int64_t convolutions, const std::string& predictor_name,
                  int64_t outputs);
  // A level [N, C, H, W] -> [N, outputs, H, W] fp32.
  torch::Tensor forward(torch::Tensor x);
  std::vector<Convolution> conv;
  Convolution predictor{nullptr};
};
TORCH_MODULE(RetinaTower);

struct RetinaHeadImpl : torch::nn::Module {
  explicit RetinaHeadImpl(const DetectorOptions& options);
  // levels: the pyramid; height, width: of the network's input.
  RetinaOutput forward(const std::vector<torch::Tensor>& levels, int64_t height, int64_t width) {
    return collect(maps(levels), height, width);
  }
  RetinaMaps maps(const std::vector<torch::Tensor>& levels);
  // The maps of all levels joined, with their anchors.
  RetinaOutput collect(const RetinaMaps& maps, int64_t height, int64_t width) const;
  RetinaLosses losses(const RetinaOutput& out, const std::vector<Target>& targets) const;
  // The best candidates of each level, decoded, clipped, NMS within the class. No masks.
  std::vector<ImageDetections> detect(const RetinaOutput& out, int64_t height, int64_t width) const;

  DetectorOptions options;
  BoxCoder coder;
  RetinaTower classification_head{nullptr}, regression_head{nullptr};

 private:
  RetinaLosses losses_of(const torch::Tensor& logits, const torch::Tensor& deltas,
                         const torch::Tensor& anchors, const Target& target) const;  // of one image
};
TORCH_MODULE(RetinaHead);

}  // namespace mammograft
