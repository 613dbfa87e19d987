#include "detect/detector_options.h"

namespace mammograft {

std::vector<int> DetectorOptions::strides() const {
  if (backbone.p2) return {4, 8, 16, 32, 64};
  return {8, 16, 32, 64};
}

int DetectorOptions::roi_levels() const {
  // P6 of torchvision and the strided levels of the light pyramid only feed the RPN.
  if (backbone.p2) return 4;
  return backbone.layer4 ? 3 : 2;
}

DetectorOptions detector_preset(const std::string& name) {
  DetectorOptions options;
  options.preset = name;
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
  return options;
}

}  // namespace mammograft
