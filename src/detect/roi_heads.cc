#include "detect/roi_heads.h"

#include <torch/nn/module.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include "detect/box_ops.h"
#include "detect/fixed_lengths.h"
#include "detect/matcher.h"
#include "detect/roi_align.h"
#include "detect/roi_bins.h"
#include "detect/sampled_losses.h"
#include "nn/precision.h"
#include "nn/shape.h"

namespace mammograft {
namespace {

// Per-image lists of boxes as one list with the image of each.
std::pair<torch::Tensor, torch::Tensor> join(const std::vector<torch::Tensor>& boxes) {
  std::vector<torch::Tensor> images;
  for (size_t n = 0; n < boxes.size(); ++n) {
    images.push_back(torch::full({boxes[n].size(0)}, static_cast<int64_t>(n),
                                 torch::dtype(torch::kLong).device(boxes[n].device())));
  }
  return {torch::cat(boxes), torch::cat(images)};
}

// Features [N, C, H, W] of each level, and boxes [P, 4] for each of the N images.
void check(const std::vector<torch::Tensor>& features, const std::vector<torch::Tensor>& proposals,
           int64_t channels) {
  const auto images = static_cast<int64_t>(proposals.size());
  ensure(!features.empty() && images > 0, "roi heads: found {} levels and proposals of {} images",
         features.size(), images);
  for (const torch::Tensor& level : features)
    check_shape(level, {images, channels, kAnySize, kAnySize}, "roi heads: features of a level");
  for (const torch::Tensor& boxes : proposals)
    check_shape(boxes, {kAnySize, 4}, "roi heads: proposals of an image");
}

// Of [R, K, ...] the K that belongs to each R's label.
torch::Tensor of_label(const torch::Tensor& values, const torch::Tensor& labels) {
  std::vector<int64_t> shape = values.sizes().vec(), ones(shape.size(), 1);
  shape[1] = 1;
  ones[0] = shape[0];
  return values.gather(1, labels.view(ones).expand(shape)).squeeze(1);
}

}  // namespace

BoxHeadImpl::BoxHeadImpl(int64_t inputs, int64_t features) {
  fc6 = register_module("fc6", make_linear(inputs, features));
  fc7 = register_module("fc7", make_linear(features, features));
}

torch::Tensor BoxHeadImpl::forward(const torch::Tensor& x) {
  const int64_t channels = fc6->weight.size(1) / (kBoxBins * kBoxBins);
  check_shape(x, {kAnySize, channels, kBoxBins, kBoxBins}, "box head: regions");
  const auto type = x.scalar_type();
  const int64_t rois = x.size(0);
  // RoIAlign gives channels last; fc6 has them first. Learning, the RoIs are turned, which are
  // fewer numbers than the weight and its gradient. Otherwise the weight is, once.
  const auto turned6 = [&] {
    const torch::Tensor& w = fc6->weight;
    return w.view({w.size(0), channels, -1}).transpose(1, 2).to(type).reshape(w.sizes());
  };
  const auto weight7 = [&] { return fc7->weight.to(type); };
  const bool learns = torch::GradMode::is_enabled() && fc6->weight.requires_grad();
  const torch::Tensor w6 =
      learns ? fc6->weight.to(type) : *prepared6_.get({fc6->weight}, type, turned6);
  const torch::Tensor w7 = learns ? weight7() : *prepared7_.get({fc7->weight}, type, weight7);
  const torch::Tensor flat = (learns ? x : x.permute({0, 2, 3, 1})).reshape({rois, w6.size(1)});
  const torch::Tensor hidden = torch::linear(flat, w6, fc6->bias.to(type)).relu_();
  return torch::linear(hidden, w7, fc7->bias.to(type)).relu_();
}

BoxPredictorImpl::BoxPredictorImpl(int64_t features, int64_t classes) {
  cls_score = register_module("cls_score", make_linear(features, classes));
  bbox_pred = register_module("bbox_pred", make_linear(features, classes * 4));
}

MaskHeadImpl::MaskHeadImpl(int64_t inputs, int64_t channels, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    layers.push_back(Convolution(i == 0 ? inputs : channels, channels, 3, 1, draw_kaiming_normal));
    register_module(std::to_string(i), torch::nn::Sequential(layers.back()));
  }
}

torch::Tensor MaskHeadImpl::forward(torch::Tensor x) {
  for (auto& layer : layers) x = layer->forward_relu(x);
  return x;
}

MaskPredictorImpl::MaskPredictorImpl(int64_t inputs, int64_t channels, int64_t classes) {
  conv5_mask = register_module(
      "conv5_mask",
      torch::nn::ConvTranspose2d(torch::nn::ConvTranspose2dOptions(1, 1, 2).stride(2)));
  give_channels(*conv5_mask, inputs, channels, draw_kaiming_normal);
  mask_fcn_logits =
      register_module("mask_fcn_logits", Convolution(channels, classes, 1, 1, draw_kaiming_normal));
}

torch::Tensor MaskPredictorImpl::forward(const torch::Tensor& x) {
  // A transposed 2x2 convolution of stride 2 makes four pixels of each, without overlap: a product
  // with four matrices. What follows looks at single pixels, so they are put in place last.
  const int64_t in = conv5_mask->weight.size(0), out = conv5_mask->weight.size(1);
  check_shape(x, {kAnySize, in, kAnySize, kAnySize}, "mask predictor: regions");
  const auto type = x.scalar_type();
  const int64_t rois = x.size(0), h = x.size(2), w = x.size(3);
  const int64_t classes = mask_fcn_logits->weight.size(0);
  const torch::Tensor pixels = x.permute({0, 2, 3, 1}).reshape({rois * h * w, in});
  const torch::Tensor four =
      conv5_mask->weight.to(type).permute({2, 3, 1, 0}).reshape({4 * out, in});
  const torch::Tensor doubled =
      torch::linear(pixels, four, conv5_mask->bias.to(type).repeat({4})).relu_();
  return at_least_fp32(torch::linear(doubled.view({rois * h * w * 4, out}),
                                     mask_fcn_logits->weight.to(type).view({classes, out}),
                                     mask_fcn_logits->bias.to(type))
                           .view({rois, h, w, 2, 2, classes})
                           .permute({0, 5, 1, 3, 2, 4})
                           .reshape({rois, classes, 2 * h, 2 * w}));
}

RoiHeadsImpl::RoiHeadsImpl(const DetectorOptions& options) : options(options) {
  const int64_t channels = options.backbone.fpn_channels;
  const RoiOptions& roi = options.roi;
  box_head = register_module("box_head", BoxHead(channels * kBoxBins * kBoxBins, roi.box_features));
  box_predictor = register_module("box_predictor", BoxPredictor(roi.box_features, options.classes));
  mask_head =
      register_module("mask_head", MaskHead(channels, roi.mask_channels, roi.mask_convolutions));
  mask_predictor = register_module(
      "mask_predictor", MaskPredictor(roi.mask_channels, roi.mask_channels, options.classes));
}

torch::Tensor RoiHeadsImpl::align(const std::vector<torch::Tensor>& features,
                                  const std::vector<torch::Tensor>& boxes, int output) const {
  std::vector<int> strides = options.strides();
  strides.resize(features.size());
  const auto [all, images] = join(boxes);
  return pyramid_roi_align(features, strides, all, images, output);
}

RoiLosses RoiHeadsImpl::losses(const std::vector<torch::Tensor>& features,
                               const std::vector<torch::Tensor>& proposals,
                               const std::vector<Target>& targets, std::vector<Rng>& rngs) {
  check(features, proposals, options.backbone.fpn_channels);
  ensure(targets.size() == proposals.size() && rngs.size() == proposals.size(),
         "roi heads: found {} targets and {} rngs, expected {}", targets.size(), rngs.size(),
         proposals.size());
  for (const Target& target : targets) check(target);
  std::vector<SampledRois> rois;
  for (size_t n = 0; n < targets.size(); ++n)
    rois.push_back(sample(proposals[n], targets[n], rngs[n]));
  RoiLosses losses;
  add_box_losses(features, rois, targets, losses);
  add_mask_loss(features, rois, targets, losses);
  return losses;
}

SampledRois RoiHeadsImpl::sample(const torch::Tensor& proposals, const Target& target,
                                 Rng& rng) const {
  const RoiOptions& roi = options.roi;
  // The truth itself is a proposal too: early on the RPN finds none that match.
  const torch::Tensor candidates = torch::cat({target.boxes, proposals});
  torch::Tensor matches =
      match(box_iou(target.boxes, candidates), roi.fg_iou, roi.bg_iou, /*keep_best=*/false);
  exclude_ignored(matches, candidates, target.ignored);
  exclude_empty(matches, candidates);
  const Samples samples = sample_balanced(matches, roi.samples, roi.positive_share, rng);
  SampledRois rois;
  rois.boxes = candidates.index_select(0, samples.index);
  rois.used = samples.used;
  if (target.boxes.size(0) == 0) {
    rois.labels = torch::zeros_like(samples.index);
    rois.rows = rois.truths = samples.index.slice(0, 0, 0);
    rois.positive = samples.positive.slice(0, 0, 0);
    return rois;
  }
  const torch::Tensor truths = matches.index_select(0, samples.index).clamp_min(0);
  rois.labels = torch::where(samples.positive, target.labels.index_select(0, truths), 0);
  rois.rows = chosen_rows(samples.positive, samples.most_positive);
  rois.truths = truths.index_select(0, rois.rows);
  rois.positive = samples.positive.index_select(0, rois.rows);
  return rois;
}

void RoiHeadsImpl::add_box_losses(const std::vector<torch::Tensor>& features,
                                  const std::vector<SampledRois>& rois,
                                  const std::vector<Target>& targets, RoiLosses& losses) {
  std::vector<torch::Tensor> boxes, labels, used, rows, regression, positive;
  int64_t offset = 0;
  for (size_t n = 0; n < rois.size(); ++n) {
    const SampledRois& r = rois[n];
    boxes.push_back(r.boxes);
    labels.push_back(r.labels);
    used.push_back(r.used);
    rows.push_back(r.rows + offset);
    offset += r.boxes.size(0);
    const torch::Tensor truth = targets[n].boxes.index_select(0, r.truths);
    // Rows that do not count may be empty boxes, which encode to infinities.
    const torch::Tensor from =
        torch::where(r.positive.unsqueeze(1), r.boxes.index_select(0, r.rows), truth);
    regression.push_back(coder.encode(truth, from));
    positive.push_back(r.positive);
  }
  const torch::Tensor hidden = at_least_fp32(box_head(align(features, boxes, kBoxBins)));
  const torch::Tensor logits = run_layer(box_predictor->cls_score, hidden);
  const torch::Tensor deltas =
      run_layer(box_predictor->bbox_pred, hidden).view({hidden.size(0), options.classes, 4});
  const torch::Tensor label = torch::cat(labels), row = torch::cat(rows);
  const torch::Tensor looked_at = torch::cat(used);
  losses.samples = looked_at.sum();
  losses.classification = sampled_mean(
      torch::cross_entropy_loss(logits, label, {}, at::Reduction::None), looked_at, losses.samples);
  losses.box =
      sampled_mean(smooth_l1(of_label(deltas.index_select(0, row), label.index_select(0, row)),
                             torch::cat(regression)),
                   torch::cat(positive), losses.samples);
}

void RoiHeadsImpl::add_mask_loss(const std::vector<torch::Tensor>& features,
                                 const std::vector<SampledRois>& rois,
                                 const std::vector<Target>& targets, RoiLosses& losses) {
  std::vector<torch::Tensor> boxes, labels, counts, masks;
  for (size_t n = 0; n < rois.size(); ++n) {
    const SampledRois& r = rois[n];
    const torch::Tensor learns = r.positive & targets[n].has_mask.index_select(0, r.truths);
    const torch::Tensor rows = chosen_rows(learns, learns.size(0));
    const torch::Tensor truths = r.truths.index_select(0, rows);
    boxes.push_back(r.boxes.index_select(0, r.rows.index_select(0, rows)));
    labels.push_back(targets[n].labels.index_select(0, truths));
    counts.push_back(learns.index_select(0, rows));
    if (rows.size(0) == 0) continue;
    // The truth's mask, cut out along each proposal at the head's resolution.
    masks.push_back(crop_masks(targets[n].masks, boxes.back(), truths, kMaskSize));
  }
  const torch::Tensor counted = torch::cat(counts);
  losses.masks = counted.sum();
  if (masks.empty()) {
    // Nothing to learn from in this batch; zero, but joined to the graph.
    losses.mask = mask_predictor->mask_fcn_logits->bias.sum() * 0;
    return;
  }
  const torch::Tensor logits = mask_predictor(mask_head(align(features, boxes, kMaskBins)));
  const torch::Tensor pixels = torch::binary_cross_entropy_with_logits(
      of_label(logits, torch::cat(labels)), torch::cat(masks), {}, {}, at::Reduction::None);
  losses.mask = sampled_mean(pixels.mean({1, 2}), counted, losses.masks);
}

std::vector<ImageDetections> RoiHeadsImpl::detect(const std::vector<torch::Tensor>& features,
                                                  const std::vector<torch::Tensor>& proposals,
                                                  int64_t height, int64_t width, bool with_masks,
                                                  double mask_score_floor) {
  check(features, proposals, options.backbone.fpn_channels);
  const torch::Tensor hidden = at_least_fp32(box_head(align(features, proposals, kBoxBins)));
  const torch::Tensor scores = torch::softmax(run_layer(box_predictor->cls_score, hidden), 1);
  const auto [all, images] = join(proposals);
  const torch::Tensor decoded = clip_boxes(
      coder.decode(run_layer(box_predictor->bbox_pred, hidden), all), height, width);  // [R, K, 4]
  std::vector<ImageDetections> results;
  int64_t offset = 0;
  for (size_t n = 0; n < proposals.size(); ++n) {
    const int64_t count = proposals[n].size(0);
    // Every proposal with every class but the background.
    const torch::Tensor boxes =
        decoded.slice(0, offset, offset + count).slice(1, 1).reshape({-1, 4});
    const torch::Tensor score = scores.slice(0, offset, offset + count).slice(1, 1).reshape({-1});
    const torch::Tensor label =
        torch::arange(1, options.classes, torch::kLong).repeat({count}).to(boxes.device());
    offset += count;
    ImageDetections found = select_detections(boxes, score, label, options.roi.nms_iou,
                                              options.roi.score_floor, options.roi.max_detections);
    const int64_t masks = with_masks ? (found.scores >= mask_score_floor).sum().item<int64_t>() : 0;
    if (masks > 0) {
      found.masks = mask_probabilities(features, found.boxes.slice(0, 0, masks),
                                       found.labels.slice(0, 0, masks), static_cast<int64_t>(n));
    }
    results.push_back(std::move(found));
  }
  return results;
}

torch::Tensor RoiHeadsImpl::mask_probabilities(const std::vector<torch::Tensor>& features,
                                               const torch::Tensor& boxes,
                                               const torch::Tensor& labels, int64_t image) {
  std::vector<torch::Tensor> of_image;
  for (const auto& level : features) of_image.push_back(level.slice(0, image, image + 1));
  const torch::Tensor logits = mask_predictor(mask_head(align(of_image, {boxes}, kMaskBins)));
  return torch::sigmoid(of_label(logits, labels));
}

}  // namespace mammograft
