#include "detect/rpn.h"

#include <torch/torch.h>

#include "detect/anchors.h"
#include "detect/box_ops.h"
#include "detect/matcher.h"

namespace mammograft {

RpnHeadImpl::RpnHeadImpl(int64_t channels, int64_t anchors) {
  conv = Convolution(channels, channels, 3);
  cls_logits = register_module("cls_logits", Convolution(channels, anchors, 1));
  bbox_pred = register_module("bbox_pred", Convolution(channels, anchors * 4, 1));
  // torchvision: conv is a sequence of wrapped convolutions, "head.conv.0.0.weight".
  torch::nn::ModuleList outer;
  outer->push_back(torch::nn::Sequential(conv));
  register_module("conv", outer);
  for (auto* layer : {&conv, &cls_logits, &bbox_pred}) init_normal(*layer, 0.01);
}

RpnMaps RpnHeadImpl::forward(const std::vector<torch::Tensor>& levels) {
  RpnMaps maps;
  for (const torch::Tensor& level : levels) {
    const torch::Tensor hidden = conv->forward_relu(level);
    maps.logits.push_back(cls_logits(hidden).to(torch::kFloat));
    maps.deltas.push_back(bbox_pred(hidden).to(torch::kFloat));
  }
  return maps;
}

RpnImpl::RpnImpl(const DetectorOptions& options) : options(options) {
  head = register_module(
      "head", RpnHead(options.backbone.fpn_channels, anchors_per_location(options.anchors)));
}

RpnOutput RpnImpl::collect(const RpnMaps& maps, int64_t height, int64_t width) const {
  std::vector<torch::Tensor> logits, deltas;
  for (const torch::Tensor& map : maps.logits) logits.push_back(location_major(map, 1));
  for (const torch::Tensor& map : maps.deltas) deltas.push_back(location_major(map, 4));
  const PyramidAnchors all = pyramid_anchors(options.anchors, maps.logits, height, width);
  return {torch::cat(logits, 1).squeeze(2), torch::cat(deltas, 1), all.boxes, all.level_sizes};
}

Proposals RpnImpl::propose(const RpnOutput& out, int64_t height, int64_t width,
                           bool training) const {
  torch::NoGradGuard no_grad;
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
    torch::Tensor keep = keep_not_smaller(boxes, 1e-3);
    boxes = boxes.index_select(0, keep);
    const torch::Tensor scores = out.logits[n].index_select(0, index).index_select(0, keep);
    keep = batched_nms(boxes, scores, torch::cat(groups).index_select(0, keep), rpn.nms_iou);
    keep = keep.slice(0, 0, post);
    proposals.boxes.push_back(boxes.index_select(0, keep));
    proposals.scores.push_back(scores.index_select(0, keep));
  }
  return proposals;
}

RpnLosses RpnImpl::losses(const RpnOutput& out, const std::vector<Target>& targets,
                          std::vector<Rng>& rngs) const {
  const RpnOptions& rpn = options.rpn;
  std::vector<torch::Tensor> logits, labels, deltas, regression;
  int64_t samples_total = 0;
  for (size_t n = 0; n < targets.size(); ++n) {
    const torch::Tensor& truth = targets[n].boxes;
    torch::Tensor matches =
        match(box_iou(truth, out.anchors), rpn.fg_iou, rpn.bg_iou, /*keep_best=*/true);
    exclude_ignored(matches, out.anchors, targets[n].ignored);
    const Samples samples = sample_balanced(matches, rpn.samples, rpn.positive_share, rngs[n]);
    const auto index = static_cast<int64_t>(n);
    logits.push_back(
        out.logits[index].index_select(0, torch::cat({samples.positive, samples.negative})));
    labels.push_back(torch::cat(
        {torch::ones(samples.positive.size(0)), torch::zeros(samples.negative.size(0))}));
    deltas.push_back(out.deltas[index].index_select(0, samples.positive));
    regression.push_back(
        samples.positive.size(0) == 0
            ? torch::zeros({0, 4}, out.deltas.options())
            : coder.encode(truth.index_select(0, matches.index_select(0, samples.positive)),
                           out.anchors.index_select(0, samples.positive)));
    samples_total += logits.back().size(0);
  }
  RpnLosses losses;
  const torch::Tensor all_logits = torch::cat(logits);
  losses.objectness = torch::binary_cross_entropy_with_logits(
      all_logits, torch::cat(labels).to(all_logits.device()));
  losses.box =
      torch::smooth_l1_loss(torch::cat(deltas), torch::cat(regression).to(all_logits.device()),
                            at::Reduction::Sum, 1.0 / 9) /
      static_cast<double>(std::max<int64_t>(samples_total, 1));
  losses.samples = samples_total;
  return losses;
}

}  // namespace mammograft
