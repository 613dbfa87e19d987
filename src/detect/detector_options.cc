#include "detect/detector_options.h"

#include "core/expect.h"

namespace mammograft {
namespace {

constexpr int kCoarsestLevel = 8;  // a stride of 256

void check_input(const InputOptions& options) {
  expect_at_least("model.input.long_side_px", options.long_side_px, 32);
  expect_at_least("model.input.mm_per_px", options.mm_per_px, 0);
  expect_at_least("model.input.margin_px", options.margin_px, 0);
  expect_within("model.input.low_percentile", options.low_percentile, 0, 100);
  expect_within("model.input.high_percentile", options.high_percentile, 0, 100);
  expect_ordered("model.input.low_percentile, high_percentile", options.low_percentile,
                 options.high_percentile);
  check(options.breast, "model.input.breast");
}

void check_anchors(const DetectorOptions& options) {
  const AnchorOptions& anchors = options.anchors;
  expect_at_least("model.anchors.sizes_per_level", anchors.sizes_per_level, 1);
  for (const double size : anchors.sizes) expect_above("model.anchors.sizes", size, 0);
  for (const double ratio : anchors.ratios) expect_above("model.anchors.ratios", ratio, 0);
  if (anchors.ratios.empty())
    fail(ErrorKind::usage, "model.anchors.ratios: found none, expected 1 or more");
  const size_t levels = options.strides().size();
  const size_t expected = levels * static_cast<size_t>(anchors.sizes_per_level);
  if (anchors.sizes.size() != expected) {
    fail(ErrorKind::usage,
         "model.anchors.sizes: found {}, expected {}: model.anchors.sizes_per_level ({}) for each "
         "of the {} levels P{} to P{}",
         anchors.sizes.size(), expected, anchors.sizes_per_level, levels,
         options.backbone.finest_level(), options.backbone.last_level);
  }
}

// From which overlap a box is positive, and below which negative.
void check_overlaps(const std::string& group, double fg_iou, double bg_iou) {
  expect_within(group + ".fg_iou", fg_iou, 0, 1);
  expect_within(group + ".bg_iou", bg_iou, 0, 1);
  expect_ordered(group + ".bg_iou, fg_iou", bg_iou, fg_iou);
}

void check_rpn(const RpnOptions& options) {
  check_overlaps("model.rpn", options.fg_iou, options.bg_iou);
  expect_at_least("model.rpn.samples", options.samples, 1);
  expect_within("model.rpn.positive_share", options.positive_share, 0, 1);
  expect_at_least("model.rpn.pre_nms_train", options.pre_nms_train, 1);
  expect_at_least("model.rpn.post_nms_train", options.post_nms_train, 1);
  expect_at_least("model.rpn.pre_nms_test", options.pre_nms_test, 1);
  expect_at_least("model.rpn.post_nms_test", options.post_nms_test, 1);
  expect_within("model.rpn.nms_iou", options.nms_iou, 0, 1);
}

void check_roi(const RoiOptions& options, int fpn_channels) {
  check_overlaps("model.roi", options.fg_iou, options.bg_iou);
  expect_at_least("model.roi.samples", options.samples, 1);
  expect_within("model.roi.positive_share", options.positive_share, 0, 1);
  expect_at_least("model.roi.box_features", options.box_features, 1);
  expect_at_least("model.roi.mask_convolutions", options.mask_convolutions, 0);
  expect_at_least("model.roi.mask_channels", options.mask_channels, 1);
  if (options.mask_convolutions == 0 && options.mask_channels != fpn_channels) {
    fail(ErrorKind::usage,
         "model.roi.mask_channels: found {}, expected model.backbone.fpn_channels ({}) where "
         "model.roi.mask_convolutions is 0",
         options.mask_channels, fpn_channels);
  }
  expect_within("model.roi.nms_iou", options.nms_iou, 0, 1);
  expect_within("model.roi.score_floor", options.score_floor, 0, 1);
  expect_at_least("model.roi.max_detections", options.max_detections, 1);
  expect_within("model.roi.mask_score_floor", options.mask_score_floor, 0, 1);
}

void check_retina(const RetinaOptions& options) {
  expect_at_least("model.retina.convolutions", options.convolutions, 0);
  if (!(options.prior > 0 && options.prior < 1)) {
    fail(ErrorKind::usage, "model.retina.prior: found {}, expected above 0 and below 1",
         options.prior);
  }
  expect_within("model.retina.focal_alpha", options.focal_alpha, 0, 1);
  expect_at_least("model.retina.focal_gamma", options.focal_gamma, 0);
  check_overlaps("model.retina", options.fg_iou, options.bg_iou);
  expect_at_least("model.retina.candidates", options.candidates, 1);
  expect_within("model.retina.nms_iou", options.nms_iou, 0, 1);
  expect_within("model.retina.score_floor", options.score_floor, 0, 1);
  expect_at_least("model.retina.max_detections", options.max_detections, 1);
}

}  // namespace

std::vector<int> DetectorOptions::strides() const {
  std::vector<int> strides;
  for (int level = backbone.finest_level(); level <= backbone.last_level; ++level)
    strides.push_back(1 << level);
  return strides;
}

int DetectorOptions::roi_levels() const {
  return backbone.last_lateral() - backbone.finest_level() + 1;
}

double DetectorOptions::nms_iou() const {
  return arch == "retinanet" ? retina.nms_iou : roi.nms_iou;
}

double DetectorOptions::fg_iou() const { return arch == "retinanet" ? retina.fg_iou : rpn.fg_iou; }

DetectorOptions detector_preset(const std::string& name, const std::string& arch) {
  DetectorOptions options;
  options.preset = name;
  options.arch = arch;
  if (arch != "mask_rcnn" && arch != "retinanet")
    fail(ErrorKind::usage, "arch: found '{}', expected mask_rcnn or retinanet", arch);
  if (name == "light") return options;
  if (name != "torchvision" && name != "paper") {
    fail(ErrorKind::usage, "preset: found '{}', expected light, torchvision or paper", name);
  }
  // torchvision/models/detection/mask_rcnn.py and faster_rcnn.py; the input size is ours.
  options.input.long_side_px = 1024;
  options.backbone = {
      .layer4 = true, .p2 = true, .stride_in_1x1 = true, .bn_eps = 1e-5, .fpn_channels = 256};
  options.anchors = {
      .sizes = {32, 64, 128, 256, 512}, .sizes_per_level = 1, .ratios = {0.5, 1.0, 2.0}};
  options.rpn = {.fg_iou = 0.7,
                 .bg_iou = 0.3,
                 .samples = 256,
                 .positive_share = 0.5,
                 .pre_nms_train = 2000,
                 .post_nms_train = 2000,
                 .pre_nms_test = 1000,
                 .post_nms_test = 1000,
                 .nms_iou = 0.7};
  options.roi = {.fg_iou = 0.5,
                 .bg_iou = 0.5,
                 .samples = 512,
                 .positive_share = 0.25,
                 .box_features = 1024,
                 .mask_convolutions = 4,
                 .mask_channels = 256,
                 .nms_iou = 0.5,
                 .score_floor = 0,
                 .max_detections = 100,
                 .mask_score_floor = 0.05};
  if (name == "paper") {  // Matterport's Mask R-CNN, config.py
    options.roi.samples = 200;
    options.roi.positive_share = 1.0 / 3;
    options.roi.nms_iou = 0.3;
  }
  if (arch == "mask_rcnn") return options;
  // torchvision/models/detection/retinanet.py: no P2, "because it generates too many anchors".
  options.backbone.p2 = false;
  options.backbone.last_level = 7;
  options.anchors = {
      .sizes = {32, 40, 50, 64, 80, 101, 128, 161, 203, 256, 322, 406, 512, 645, 812},
      .sizes_per_level = 3,
      .ratios = {0.5, 1.0, 2.0}};
  options.retina.nms_iou = 0.5;
  options.retina.max_detections = 300;
  return options;
}

void check(const BackboneOptions& options) {
  if (options.pools_p6() && options.last_level != 6) {
    fail(ErrorKind::usage,
         "model.backbone.last_level: found {}, expected 6 with both p2 and layer4",
         options.last_level);
  }
  expect_within("model.backbone.last_level", options.last_level, options.last_lateral(),
                kCoarsestLevel);
  expect_at_least("model.backbone.bn_eps", options.bn_eps, 0);
  expect_at_least("model.backbone.fpn_channels", options.fpn_channels, 1);
}

void check(const DetectorOptions& options) {
  check_input(options.input);
  check(options.backbone);
  check_anchors(options);
  check_rpn(options.rpn);
  check_roi(options.roi, options.backbone.fpn_channels);
  check_retina(options.retina);
}

}  // namespace mammograft
