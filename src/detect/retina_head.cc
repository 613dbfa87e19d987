#include "detect/retina_head.h"

#include <torch/nn/init.h>
#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/types.h>

#include <cmath>

#include "detect/anchors.h"
#include "detect/box_ops.h"
#include "detect/fixed_lengths.h"
#include "detect/focal_loss.h"
#include "detect/matcher.h"
#include "detect/sampled_losses.h"
#include "nn/precision.h"

namespace mammograft {

RetinaTowerImpl::RetinaTowerImpl(int64_t channels, int64_t convolutions,
                                 const std::string& predictor_name, int64_t outputs) {
  auto list = register_module("conv", torch::nn::ModuleList());
  for (int64_t i = 0; i < convolutions; ++i) {
    // Not §4.1's deviation of 0.01: with 128 channels it lets a 300th of the signal through four
    // layers, and hundreds of steps pass before the towers learn.
    conv.push_back(Convolution(channels, channels, 3, 1, draw_kaiming_normal));
    list->push_back(torch::nn::Sequential(conv.back()));
  }
  predictor =
      register_module(predictor_name, Convolution(channels, outputs, 3, 1, draw_normal(0.01)));
}

torch::Tensor RetinaTowerImpl::forward(torch::Tensor x) {
  for (auto& layer : conv) x = layer->forward_relu(x);
  // bf16 logits would tie scores that the FROC curve has to tell apart.
  return predictor(at_least_fp32(x));
}

RetinaHeadImpl::RetinaHeadImpl(const DetectorOptions& options) : options(options) {
  const RetinaOptions& retina = options.retina;
  const int64_t channels = options.backbone.fpn_channels;
  const int64_t anchors = anchors_per_location(options.anchors);
  classification_head = register_module(
      "classification_head",
      RetinaTower(channels, retina.convolutions, "cls_logits", anchors * (options.classes - 1)));
  regression_head = register_module(
      "regression_head", RetinaTower(channels, retina.convolutions, "bbox_reg", anchors * 4));
  // §4.1: every anchor starts as a mass with this probability, or the background would swamp the
  // first steps.
  torch::nn::init::constant_(classification_head->predictor->bias,
                             std::log(retina.prior / (1 - retina.prior)));
}

RetinaMaps RetinaHeadImpl::maps(const std::vector<torch::Tensor>& levels) {
  RetinaMaps maps;
  for (const torch::Tensor& level : levels) {
    maps.logits.push_back(classification_head(level));
    maps.deltas.push_back(regression_head(level));
  }
  return maps;
}

RetinaOutput RetinaHeadImpl::collect(const RetinaMaps& maps, int64_t height, int64_t width) const {
  std::vector<torch::Tensor> logits, deltas;
  for (const torch::Tensor& map : maps.logits)
    logits.push_back(location_major(map, options.classes - 1));
  for (const torch::Tensor& map : maps.deltas) deltas.push_back(location_major(map, 4));
  const PyramidAnchors all = pyramid_anchors(options.anchors, maps.logits, height, width);
  return {torch::cat(logits, 1), torch::cat(deltas, 1), all.boxes, all.level_sizes};
}

RetinaLosses RetinaHeadImpl::losses(const RetinaOutput& out,
                                    const std::vector<Target>& targets) const {
  std::vector<torch::Tensor> classification, box;
  for (size_t n = 0; n < targets.size(); ++n) {
    const auto image = static_cast<int64_t>(n);
    const RetinaLosses losses =
        losses_of(out.logits[image], out.deltas[image], out.anchors, targets[n]);
    classification.push_back(losses.classification);
    box.push_back(losses.box);
  }
  return {torch::stack(classification).mean(), torch::stack(box).mean()};
}

RetinaLosses RetinaHeadImpl::losses_of(const torch::Tensor& logits, const torch::Tensor& deltas,
                                       const torch::Tensor& anchors, const Target& target) const {
  const RetinaOptions& retina = options.retina;
  torch::Tensor matches =
      match(box_iou(target.boxes, anchors), retina.fg_iou, retina.bg_iou, /*keep_best=*/true);
  exclude_ignored(matches, anchors, target.ignored);
  const torch::Tensor positive = matches >= 0, count = positive.sum();
  torch::Tensor classes = torch::zeros_like(logits);  // [R, K], 1 for the class of a positive one
  torch::Tensor box = deltas.slice(0, 0, 0).sum();    // zero, but joined to the graph
  if (target.boxes.size(0) > 0) {
    const torch::Tensor truths = matches.clamp_min(0);
    const torch::Tensor class_of = target.labels.index_select(0, truths) - 1;
    classes.scatter_(1, class_of.unsqueeze(1), positive.unsqueeze(1).to(classes.scalar_type()));
    const torch::Tensor rows = chosen_rows(positive, positive.size(0));
    const torch::Tensor regression = coder.encode(
        target.boxes.index_select(0, truths.index_select(0, rows)), anchors.index_select(0, rows));
    box = sampled_mean((deltas.index_select(0, rows) - regression).abs().sum(1),
                       positive.index_select(0, rows), count);
  }
  const torch::Tensor focal =
      focal_loss(logits, classes, retina.focal_alpha, retina.focal_gamma).sum(1);
  return {sampled_mean(focal, matches != kBetween, count), box};
}

std::vector<ImageDetections> RetinaHeadImpl::detect(const RetinaOutput& out, int64_t height,
                                                    int64_t width) const {
  const RetinaOptions& retina = options.retina;
  const int64_t classes = options.classes - 1;
  std::vector<ImageDetections> results;
  for (int64_t n = 0; n < out.logits.size(0); ++n) {
    const torch::Tensor logits = out.logits[n].flatten();  // [R * K], an anchor's classes together
    std::vector<torch::Tensor> chosen;
    int64_t offset = 0;
    for (const int64_t anchors : out.level_sizes) {
      const int64_t size = anchors * classes;
      const int64_t count = std::min<int64_t>(retina.candidates, size);
      chosen.push_back(std::get<1>(logits.slice(0, offset, offset + size).topk(count)) + offset);
      offset += size;
    }
    const torch::Tensor index = torch::cat(chosen);
    const torch::Tensor anchor = torch::floor_divide(index, classes);
    const torch::Tensor boxes =
        coder.decode(out.deltas[n].index_select(0, anchor), out.anchors.index_select(0, anchor))
            .squeeze(1);
    results.push_back(select_detections(clip_boxes(boxes, height, width),
                                        torch::sigmoid(logits.index_select(0, index)),
                                        torch::remainder(index, classes) + 1, retina.nms_iou,
                                        retina.score_floor, retina.max_detections));
  }
  return results;
}

}  // namespace mammograft
