#include "detect/mask_rcnn.h"

#include <torch/nn/module.h>
#include <torch/types.h>

#include "detect/plan_builder.h"
#include "detect/pyramid_level.h"
#include "detect/roi_bins.h"

namespace mammograft {
namespace {

std::vector<torch::Tensor> first(const std::vector<torch::Tensor>& levels, int count) {
  return {levels.begin(), levels.begin() + count};
}

}  // namespace

MaskRcnn::MaskRcnn(const DetectorOptions& options) : DetectionNetwork(options) {
  rpn = register_module("rpn", Rpn(options));
  roi_heads = register_module("roi_heads", RoiHeads(options));
}

std::vector<LossTerm> MaskRcnn::losses(const torch::Tensor& images,
                                       const std::vector<Target>& targets, std::vector<Rng>& rngs,
                                       torch::ScalarType compute, const LossOptions& weights) {
  const int64_t height = images.size(2), width = images.size(3);
  const auto levels = backbone(images, compute);
  const RpnOutput out = rpn(levels, height, width);
  const RpnLosses first_stage = rpn->losses(out, targets, rngs);
  const Proposals proposals = rpn->propose(out, height, width, /*training=*/true);
  const RoiLosses second_stage =
      roi_heads->losses(first(levels, options.roi_levels()), proposals.boxes, targets, rngs);
  const torch::Tensor &anchors = first_stage.samples, &rois = second_stage.samples;
  return {{"loss_objectness", first_stage.objectness, 1, anchors},
          {"loss_rpn_box_reg", first_stage.box, 1, anchors},
          {"loss_classifier", second_stage.classification, 1, rois},
          {"loss_box_reg", second_stage.box, weights.lambda_loc, rois},
          {"loss_mask", second_stage.mask, weights.lambda_seg, second_stage.masks}};
}

std::vector<torch::Tensor> MaskRcnn::maps(const torch::Tensor& images, torch::ScalarType compute) {
  std::vector<torch::Tensor> maps = backbone(images, compute);
  const RpnMaps head = rpn->head(maps);
  maps.insert(maps.end(), head.logits.begin(), head.logits.end());
  maps.insert(maps.end(), head.deltas.begin(), head.deltas.end());
  return maps;
}

ConvPlan MaskRcnn::plan() const {
  PlanBuilder builder(*this);
  const std::vector<int> levels = builder.backbone(options.backbone);
  const std::vector<std::string> names = level_names(options.strides());
  for (size_t i = 0; i < levels.size(); ++i) builder.output(names[i], levels[i], /*exact=*/false);
  std::vector<int> hidden;
  for (size_t i = 0; i < levels.size(); ++i) {
    hidden.push_back(
        builder.convolution("rpn.head.conv.0.0", levels[i], 1, true, fmt::format("level {}", i)));
  }
  const std::pair<const char*, const char*> predictors[] = {{"rpn_logits_", "rpn.head.cls_logits"},
                                                            {"rpn_deltas_", "rpn.head.bbox_pred"}};
  for (const auto& [output, name] : predictors) {
    for (size_t i = 0; i < levels.size(); ++i) {
      const std::string level = fmt::format("level {}", i);
      builder.output(output + names[i], builder.convolution(name, hidden[i], 1, false, level),
                     /*exact=*/true);
    }
  }
  return builder.take();
}

std::map<std::string, ConvPlan> MaskRcnn::head_plans() const {
  const std::string heads = "roi_heads.";
  PlanBuilder box(*this);
  int x = box.regions(options.backbone.fpn_channels, kBoxBins);
  for (const std::string layer : {"fc6", "fc7"})
    x = box.linear(heads + "box_head." + layer, x, true);
  box.output("class_logits", box.linear(heads + "box_predictor.cls_score", x, false), true);
  box.output("box_deltas", box.linear(heads + "box_predictor.bbox_pred", x, false), true);
  PlanBuilder mask(*this);
  x = mask.regions(options.backbone.fpn_channels, kMaskBins);
  for (int layer = 0; layer < options.roi.mask_convolutions; ++layer)
    x = mask.convolution(fmt::format("{}mask_head.{}.0", heads, layer), x, 1, true);
  x = mask.transposed_convolution(heads + "mask_predictor.conv5_mask", x, true);
  mask.output("mask_logits",
              mask.convolution(heads + "mask_predictor.mask_fcn_logits", x, 1, false), true);
  return {{"box_head", box.take()}, {"mask_head", mask.take()}};
}

std::vector<ImageDetections> MaskRcnn::find(const std::vector<torch::Tensor>& maps, int64_t height,
                                            int64_t width, bool with_masks,
                                            double mask_score_floor) {
  const size_t count = options.strides().size();
  ensure(maps.size() == 3 * count, "Mask R-CNN: found {} maps, expected 3 for each of {} levels",
         maps.size(), count);
  const RpnMaps head{{maps.begin() + count, maps.begin() + 2 * count},
                     {maps.begin() + 2 * count, maps.end()}};
  const Proposals proposals =
      rpn->propose(rpn->collect(head, height, width), height, width, /*training=*/false);
  return roi_heads->detect(first(maps, options.roi_levels()), proposals.boxes, height, width,
                           with_masks, mask_score_floor);
}

}  // namespace mammograft
