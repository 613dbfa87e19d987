// Region proposal network (Faster R-CNN §3.1) on every level of the pyramid.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <utility>
#include <vector>

#include "core/rng.h"
#include "detect/box_coder.h"
#include "detect/detector_options.h"
#include "detect/target.h"
#include "nn/layers.h"

namespace mammograft {

// Everything the RPN says about N images: the anchors of all levels joined, finest first.
struct RpnOutput {
  torch::Tensor logits;              // [N, R] fp32
  torch::Tensor deltas;              // [N, R, 4] fp32
  torch::Tensor anchors;             // [R, 4]
  std::vector<int64_t> level_sizes;  // anchors of each level; sum = R
};

// What the head says on each level, finest first, fp32.
struct RpnMaps {
  std::vector<torch::Tensor> logits;  // [N, A, h, w]
  std::vector<torch::Tensor> deltas;  // [N, A * 4, h, w]
};

inline constexpr double kLeastProposalSide = 1e-3;  // px; smaller ones are dropped

struct Proposals {
  std::vector<torch::Tensor> boxes;   // per image [P, 4], by falling score, no gradient
  std::vector<torch::Tensor> scores;  // per image [P], logits
};

struct RpnLosses {
  torch::Tensor objectness;  // binary cross-entropy over the sampled anchors
  torch::Tensor box;         // smooth L1 (beta 1/9) of the positive ones over the number of samples
  torch::Tensor samples;     // scalar: how many both are means over
};

// rpn.head: conv.0.0, cls_logits, bbox_pred
struct RpnHeadImpl : torch::nn::Module {
  RpnHeadImpl(int64_t channels, int64_t anchors);
  RpnMaps forward(const std::vector<torch::Tensor>& levels);
  Convolution conv{nullptr}, cls_logits{nullptr}, bbox_pred{nullptr};
};
TORCH_MODULE(RpnHead);

struct RpnImpl : torch::nn::Module {
  RpnImpl(const DetectorOptions& options);
  // levels: the pyramid; height, width: of the network's input.
  RpnOutput forward(const std::vector<torch::Tensor>& levels, int64_t height, int64_t width) {
    return collect(head(levels), height, width);
  }
  // The maps of all levels joined, with their anchors.
  RpnOutput collect(const RpnMaps& maps, int64_t height, int64_t width) const;
  // The best pre_nms anchors of each level, decoded, clipped, NMS within the level, best post_nms.
  // Training with fixed_lengths.h: always as many; behind what there is follow boxes of zeros, with
  // a score of minus infinity.
  Proposals propose(const RpnOutput& out, int64_t height, int64_t width, bool training) const;
  // rngs: one per image, so that the choice of samples does not depend on the batch.
  RpnLosses losses(const RpnOutput& out, const std::vector<Target>& targets,
                   std::vector<Rng>& rngs) const;

  RpnHead head{nullptr};
  DetectorOptions options;
  BoxCoder coder;

 private:
  Proposals propose_fixed(const RpnOutput& out, int64_t height, int64_t width) const;
};
TORCH_MODULE(Rpn);

}  // namespace mammograft
