#include "detect/detector_recipe.h"

#include "detect/anchors.h"
#include "detect/box_coder.h"
#include "detect/image_detections.h"
#include "detect/padded_image.h"
#include "detect/pyramid_level.h"
#include "detect/roi_align_options.h"
#include "detect/roi_bins.h"
#include "detect/rpn.h"
#include "nn/breast_rim.h"

namespace mammograft {
namespace {

Json preparation(const InputOptions& options) {
  Json json = to_json(options);
  json["breast"].erase("pectoral");  // the network sees the breast with its muscle
  json["rim_share"] = kRimShare;
  json["side_multiple"] = kSideMultiple;
  return json;
}

Json anchors_of(const AnchorOptions& options, size_t level) {
  const torch::Tensor boxes =
      base_anchors(level_sizes(options, static_cast<int>(level)), options.ratios);
  Json json = Json::array();
  for (int64_t i = 0; i < boxes.size(0); ++i) {
    const float* box = boxes.data_ptr<float>() + 4 * i;
    json.push_back({box[0], box[1], box[2], box[3]});
  }
  return json;
}

Json levels(const DetectorOptions& options, bool two_stages) {
  const std::vector<int> strides = options.strides();
  const std::vector<std::string> names = level_names(strides);
  const std::string head = two_stages ? "rpn_" : "";
  Json json = Json::array();
  for (size_t i = 0; i < strides.size(); ++i) {
    json.push_back({{"name", names[i]},
                    {"stride", strides[i]},
                    {"logits", head + "logits_" + names[i]},
                    {"deltas", head + "deltas_" + names[i]},
                    {"anchors", anchors_of(options.anchors, i)}});
  }
  return json;
}

Json proposals(const RpnOptions& options) {
  return {{"delta_weights", BoxCoder{}.weights},
          {"candidates", options.pre_nms_test},
          {"nms_iou", options.nms_iou},
          {"most", options.post_nms_test},
          {"least_side_px", kLeastProposalSide}};
}

Json regions(const DetectorOptions& options) {
  std::vector<std::string> names = level_names(options.strides());
  names.resize(static_cast<size_t>(options.roi_levels()));
  const LevelRule rule;
  const RoiAlignOptions align;
  return {{"levels", names},
          {"canonical_size_px", rule.canonical_size},
          {"canonical_level", rule.canonical_level},
          {"samples", align.sampling},
          {"aligned", align.aligned}};
}

Json box_head() { return {{"bins", kBoxBins}, {"delta_weights", kBoxHeadWeights}}; }

Json mask_head(const RoiOptions& options) {
  return {{"bins", kMaskBins},
          {"size", kMaskSize},
          {"score_floor", options.mask_score_floor},
          {"threshold", 0.5}};
}

template <typename Options>
Json detections(const Options& options) {
  return {{"score_floor", options.score_floor},
          {"nms_iou", options.nms_iou},
          {"most", options.max_detections},
          {"least_side_px", kLeastDetectionSide}};
}

}  // namespace

Json detector_recipe(const DetectorInfo& info) {
  const DetectorOptions& options = info.options;
  const bool two_stages = options.arch == "mask_rcnn";
  Json json = {{"arch", options.arch},
               {"preset", options.preset},
               {"classes", options.classes},
               {"input", preparation(options.input)},
               {"levels", levels(options, two_stages)},
               {"largest_log_scale", kLargestLogScale}};
  if (two_stages) {
    json["proposals"] = proposals(options.rpn);
    json["regions"] = regions(options);
    json["box_head"] = box_head();
    if (info.masks) json["mask_head"] = mask_head(options.roi);
    json["detections"] = detections(options.roi);
  } else {
    json["candidates"] = {{"delta_weights", BoxCoder{}.weights},
                          {"candidates", options.retina.candidates}};
    json["detections"] = detections(options.retina);
  }
  json[PatientSet::kKey] = info.patients_hashed.to_json();
  return json;
}

}  // namespace mammograft
