#include "detect/detector_options.h"

namespace mammograft {

std::vector<int> DetectorOptions::strides() const {
  std::vector<int> strides;
  for (int level = backbone.p2 ? 2 : 3; level <= backbone.last_level; ++level)
    strides.push_back(1 << level);
  return strides;
}

int DetectorOptions::roi_levels() const {
  // P6 of torchvision and the strided levels of the light pyramid only feed the RPN.
  if (backbone.p2) return 4;
  return backbone.layer4 ? 3 : 2;
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

}  // namespace mammograft
