#include "detect/rpn.h"

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "detect/anchors.h"
#include "detect/box_ops.h"
#include "detect/fixed_lengths.h"
#include "detect/matcher.h"
#include "detect/sampled_losses.h"
#include "nn/precision.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

void check(const RpnMaps& maps, int64_t anchors) {
  ensure(!maps.logits.empty() && maps.logits.size() == maps.deltas.size(),
         "rpn: found {} levels of logits and {} of deltas", maps.logits.size(), maps.deltas.size());
  const int64_t images = maps.logits.front().size(0);
  for (size_t i = 0; i < maps.logits.size(); ++i) {
    const torch::Tensor& logits = maps.logits[i];
    check_shape(logits, {images, anchors, kAnySize, kAnySize}, "rpn: logits of a level");
    check_shape(maps.deltas[i], {images, 4 * anchors, logits.size(2), logits.size(3)},
                "rpn: deltas of a level");
  }
}

void check(const RpnOutput& out) {
  check_shape(out.anchors, {kAnySize, 4}, "rpn: anchors");
  const int64_t anchors = out.anchors.size(0);
  check_shape(out.logits, {kAnySize, anchors}, "rpn: logits");
  check_shape(out.deltas, {out.logits.size(0), anchors, 4}, "rpn: deltas");
  const int64_t of_levels =
      std::accumulate(out.level_sizes.begin(), out.level_sizes.end(), int64_t{0});
  ensure(of_levels == anchors, "rpn: level_sizes: found {} anchors, expected {}", of_levels,
         anchors);
}

}  // namespace

RpnHeadImpl::RpnHeadImpl(int64_t channels, int64_t anchors) {
  const DrawWeights draw = draw_normal(0.01);
  conv = Convolution(channels, channels, 3, 1, draw);
  cls_logits = register_module("cls_logits", Convolution(channels, anchors, 1, 1, draw));
  bbox_pred = register_module("bbox_pred", Convolution(channels, anchors * 4, 1, 1, draw));
  // torchvision: conv is a sequence of wrapped convolutions, "head.conv.0.0.weight".
  torch::nn::ModuleList outer;
  outer->push_back(torch::nn::Sequential(conv));
  register_module("conv", outer);
}

RpnMaps RpnHeadImpl::forward(const std::vector<torch::Tensor>& levels) {
  RpnMaps maps;
  for (const torch::Tensor& level : levels) {
    const torch::Tensor hidden = conv->forward_relu(level);
    maps.logits.push_back(at_least_fp32(cls_logits(hidden)));
    maps.deltas.push_back(at_least_fp32(bbox_pred(hidden)));
  }
  return maps;
}

RpnImpl::RpnImpl(const DetectorOptions& options) : options(options) {
  head = register_module(
      "head", RpnHead(options.backbone.fpn_channels, anchors_per_location(options.anchors)));
}

RpnOutput RpnImpl::collect(const RpnMaps& maps, int64_t height, int64_t width) const {
  check(maps, anchors_per_location(options.anchors));
  std::vector<torch::Tensor> logits, deltas;
  for (const torch::Tensor& map : maps.logits) logits.push_back(location_major(map, 1));
  for (const torch::Tensor& map : maps.deltas) deltas.push_back(location_major(map, 4));
  const PyramidAnchors all = pyramid_anchors(options.anchors, maps.logits, height, width);
  return {torch::cat(logits, 1).squeeze(2), torch::cat(deltas, 1), all.boxes, all.level_sizes};
}

Proposals RpnImpl::propose(const RpnOutput& out, int64_t height, int64_t width,
                           bool training) const {
  check(out);
  torch::NoGradGuard no_grad;
  if (training && fixed_lengths(out.logits.device())) return propose_fixed(out, height, width);
  const RpnOptions& rpn = options.rpn;
  const int64_t pre = training ? rpn.pre_nms_train : rpn.pre_nms_test;
  const int64_t post = training ? rpn.post_nms_train : rpn.post_nms_test;
  Proposals proposals;
  for (int64_t n = 0; n < out.logits.size(0); ++n) {
    std::vector<torch::Tensor> chosen, groups;
    int64_t offset = 0;
    for (size_t level = 0; level < out.level_sizes.size(); ++level) {
      const int64_t size = out.level_sizes[level], count = std::min(pre, size);
      const torch::Tensor scores = out.logits[n].slice(0, offset, offset + size);
      chosen.push_back(std::get<1>(scores.topk(count)) + offset);
      groups.push_back(torch::full({count}, static_cast<int64_t>(level), chosen.back().options()));
      offset += size;
    }
    const torch::Tensor index = torch::cat(chosen);
    torch::Tensor boxes =
        coder.decode(out.deltas[n].index_select(0, index), out.anchors.index_select(0, index))
            .squeeze(1);
    boxes = clip_boxes(boxes, height, width);
    torch::Tensor keep = keep_not_smaller(boxes, kLeastProposalSide);
    boxes = boxes.index_select(0, keep);
    const torch::Tensor scores = out.logits[n].index_select(0, index).index_select(0, keep);
    keep = batched_nms(boxes, scores, torch::cat(groups).index_select(0, keep), rpn.nms_iou);
    keep = keep.slice(0, 0, post);
    proposals.boxes.push_back(boxes.index_select(0, keep));
    proposals.scores.push_back(scores.index_select(0, keep));
  }
  return proposals;
}

// All images at once, level by level.
Proposals RpnImpl::propose_fixed(const RpnOutput& out, int64_t height, int64_t width) const {
  const RpnOptions& rpn = options.rpn;
  const int64_t images = out.logits.size(0);
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  std::vector<torch::Tensor> level_boxes, level_scores;
  int64_t offset = 0;
  for (const int64_t size : out.level_sizes) {
    const int64_t count = std::min<int64_t>(rpn.pre_nms_train, size);
    const auto [best, at] = out.logits.slice(1, offset, offset + size).topk(count, 1);
    const torch::Tensor index = at + offset;  // [N, count]
    offset += size;
    const torch::Tensor deltas =
        out.deltas.gather(1, index.unsqueeze(2).expand({images, count, 4}));
    torch::Tensor boxes =
        coder.decode(deltas.reshape({-1, 4}), out.anchors.index_select(0, index.flatten()));
    boxes = clip_boxes(boxes.view({images, count, 4}), height, width);
    const torch::Tensor large = not_smaller(boxes, kLeastProposalSide);
    boxes = torch::where(large.unsqueeze(2), boxes, 0.);
    level_boxes.push_back(boxes);
    level_scores.push_back(torch::where(large & nms_in_rounds(boxes, rpn.nms_iou), best, kNone));
  }
  const torch::Tensor boxes = torch::cat(level_boxes, 1), scores = torch::cat(level_scores, 1);
  const int64_t count = std::min<int64_t>(rpn.post_nms_train, scores.size(1));
  const auto [best, at] = scores.topk(count, 1);
  torch::Tensor chosen = boxes.gather(1, at.unsqueeze(2).expand({images, count, 4}));
  chosen = torch::where((best > kNone).unsqueeze(2), chosen, 0.);
  return {chosen.unbind(0), best.unbind(0)};
}

RpnLosses RpnImpl::losses(const RpnOutput& out, const std::vector<Target>& targets,
                          std::vector<Rng>& rngs) const {
  check(out);
  const auto images = static_cast<size_t>(out.logits.size(0));
  ensure(targets.size() == images && rngs.size() == images,
         "rpn: found {} targets and {} rngs, expected {}", targets.size(), rngs.size(), images);
  for (const Target& target : targets) check(target);
  const RpnOptions& rpn = options.rpn;
  std::vector<torch::Tensor> logits, labels, used, deltas, regression, positive;
  for (size_t n = 0; n < targets.size(); ++n) {
    const torch::Tensor& truth = targets[n].boxes;
    torch::Tensor matches =
        match(box_iou(truth, out.anchors), rpn.fg_iou, rpn.bg_iou, /*keep_best=*/true);
    exclude_ignored(matches, out.anchors, targets[n].ignored);
    const Samples samples = sample_balanced(matches, rpn.samples, rpn.positive_share, rngs[n]);
    const auto image = static_cast<int64_t>(n);
    logits.push_back(out.logits[image].index_select(0, samples.index));
    labels.push_back(samples.positive);
    used.push_back(samples.used);
    if (truth.size(0) == 0) continue;
    const torch::Tensor rows = chosen_rows(samples.positive, samples.most_positive);
    const torch::Tensor anchors = samples.index.index_select(0, rows);
    const torch::Tensor truth_of = matches.index_select(0, anchors).clamp_min(0);
    deltas.push_back(out.deltas[image].index_select(0, anchors));
    regression.push_back(
        coder.encode(truth.index_select(0, truth_of), out.anchors.index_select(0, anchors)));
    positive.push_back(samples.positive.index_select(0, rows));
  }
  RpnLosses losses;
  const torch::Tensor looked_at = torch::cat(used);
  losses.samples = looked_at.sum();
  losses.objectness =
      sampled_mean(torch::binary_cross_entropy_with_logits(
                       torch::cat(logits), torch::cat(labels).to(out.logits.scalar_type()), {}, {},
                       at::Reduction::None),
                   looked_at, losses.samples);
  losses.box = deltas.empty() ? out.deltas.slice(1, 0, 0).sum()  // zero, but joined to the graph
                              : sampled_mean(smooth_l1(torch::cat(deltas), torch::cat(regression)),
                                             torch::cat(positive), losses.samples);
  return losses;
}

}  // namespace mammograft
