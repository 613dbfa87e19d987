// What makes one detector differ from another: the network's shape, sampling and inference numbers.
// Two networks, two presets. Everything here is stored in the model file. No torch.
#pragma once

#include <string>
#include <vector>

#include "core/options.h"
#include "nn/input.h"

namespace mammograft {

// Glossary of shapes used throughout detect/ (after detectron2):
//   N images, L feature levels, A anchors at a location, R anchors or RoIs, K classes (mass: 1;
//   class 0 is the background), C channels. Boxes are xyxy in pixels of the network's input.

struct BackboneOptions {
  bool layer4 = false;        // C5 (torchvision preset); light stops at C4
  bool p2 = false;            // finest pyramid level P2 (torchvision's Mask R-CNN)
  int last_level = 6;         // coarsest pyramid level; 7: torchvision's RetinaNet
  bool stride_in_1x1 = true;  // of the shipped ImageNet weights (original ResNet)
  double bn_eps = 1e-5;       // 0 for torchvision's COCO file
  int fpn_channels = 128;
  template <typename V>
  void fields(V&& v) {
    v("layer4", layer4, "use ResNet stage 5 (layer4)");
    v("p2", p2, "use the finest pyramid level P2");
    v("last_level", last_level, "coarsest pyramid level; with both P2 and layer4 only 6");
    v("stride_in_1x1", stride_in_1x1,
      "stride in the first 1x1 convolution of a stage (original ResNet)");
    v("bn_eps", bn_eps, "epsilon of the frozen batch norms");
    v("fpn_channels", fpn_channels, "channels of the feature pyramid");
  }

  int finest_level() const { return p2 ? 2 : 3; }
  // The laterals are the levels that are made from the C of their number.
  int last_lateral() const { return layer4 ? 5 : 4; }
  // Every second pixel of P5, as torchvision's Mask R-CNN; the other levels beyond the laterals are
  // strided convolutions.
  bool pools_p6() const { return p2 && layer4; }
};

struct AnchorOptions {
  std::vector<double> sizes = {19, 29, 38, 58, 77, 109, 154, 205};  // px of the network's input,
  int sizes_per_level = 2;                                          // finest level first
  std::vector<double> ratios = {0.7, 1.0, 1.4};                     // height / width
  template <typename V>
  void fields(V&& v) {
    v("sizes", sizes, "anchor sizes (square root of the area), network pixels, finest level first");
    v("sizes_per_level", sizes_per_level, "how many of the sizes belong to each level");
    v("ratios", ratios, "anchor height / width");
  }
};

struct RpnOptions {  // Faster R-CNN §3.1; defaults of the light preset
  double fg_iou = 0.6, bg_iou = 0.3;
  int samples = 256;
  double positive_share = 0.5;
  int pre_nms_train = 1000, post_nms_train = 500;
  int pre_nms_test = 500, post_nms_test = 200;
  double nms_iou = 0.7;
  template <typename V>
  void fields(V&& v) {
    v("fg_iou", fg_iou, "anchors overlapping a mass at least this much are positive");
    v("bg_iou", bg_iou, "anchors overlapping less than this are negative");
    v("samples", samples, "anchors an image that the loss looks at");
    v("positive_share", positive_share, "largest share of positive anchors among them");
    v("pre_nms_train", pre_nms_train, "proposals a level before NMS, training");
    v("post_nms_train", post_nms_train, "proposals after NMS, training");
    v("pre_nms_test", pre_nms_test, "proposals a level before NMS, inference");
    v("post_nms_test", post_nms_test, "proposals after NMS, inference");
    v("nms_iou", nms_iou, "NMS threshold of the proposals");
  }
};

struct RoiOptions {  // Fast R-CNN §2.3, Mask R-CNN §3
  double fg_iou = 0.5, bg_iou = 0.5;
  int samples = 128;
  double positive_share = 0.25;
  int box_features = 1024;
  int mask_convolutions = 2, mask_channels = 128;
  double nms_iou = 0.3;
  double score_floor = 0;
  int max_detections = 100;
  double mask_score_floor = 0.05;  // masks are computed for scores at or above it
  template <typename V>
  void fields(V&& v) {
    v("fg_iou", fg_iou, "proposals overlapping a mass at least this much are positive");
    v("bg_iou", bg_iou, "proposals overlapping less than this are negative");
    v("samples", samples, "proposals an image that the loss looks at");
    v("positive_share", positive_share, "largest share of positive proposals among them");
    v("box_features", box_features, "width of the box head's two layers");
    v("mask_convolutions", mask_convolutions, "convolutions of the mask head");
    v("mask_channels", mask_channels, "channels of the mask head");
    v("nms_iou", nms_iou, "NMS threshold of the detections");
    v("score_floor", score_floor, "detections below this score are dropped");
    v("max_detections", max_detections, "most detections an image");
    v("mask_score_floor", mask_score_floor, "masks are computed for scores at or above this");
  }
};

struct RetinaOptions {                         // Lin et al. 2017, "Focal loss"
  int convolutions = 4;                        // §4, of each tower
  double prior = 0.01;                         // §4.1
  double focal_alpha = 0.25, focal_gamma = 2;  // §5.1, table 1 (b)
  double fg_iou = 0.5, bg_iou = 0.4;           // §4
  int candidates = 1000;                       // §4.1; a level
  double nms_iou = 0.3;                        // as RoiOptions; §4.1: 0.5
  double score_floor = 0;                      // §4.1: 0.05, which would cut the FROC curve
  int max_detections = 100;
  template <typename V>
  void fields(V&& v) {
    v("convolutions", convolutions, "convolutions of each tower before its predictor");
    v("prior", prior, "score of every anchor before the first step");
    v("focal_alpha", focal_alpha, "weight of the positive anchors in the focal loss");
    v("focal_gamma", focal_gamma, "exponent of the focal loss");
    v("fg_iou", fg_iou, "anchors overlapping a mass at least this much are positive");
    v("bg_iou", bg_iou, "anchors overlapping less than this are negative");
    v("candidates", candidates, "boxes a level before NMS");
    v("nms_iou", nms_iou, "NMS threshold of the detections");
    v("score_floor", score_floor, "detections below this score are dropped");
    v("max_detections", max_detections, "most detections an image");
  }
};

struct DetectorOptions {
  // Where these numbers started and which network they make; fields of the training's options.
  std::string preset = "light", arch = "mask_rcnn";
  InputOptions input;
  BackboneOptions backbone;
  AnchorOptions anchors;
  RpnOptions rpn;
  RoiOptions roi;
  RetinaOptions retina;
  int classes = 2;  // with the background
  template <typename V>
  void fields(V&& v) {
    v.group("input", input);
    v.group("backbone", backbone);
    v.group("anchors", anchors);
    v.group("rpn", rpn);
    v.group("roi", roi);
    v.group("retina", retina);
  }

  std::vector<int> strides() const;  // of the pyramid's levels, finest first
  int roi_levels() const;            // how many of them RoIAlign reads: those with a lateral
  double fg_iou() const;             // from which an anchor answers for a mass
  double nms_iou() const;            // from which two boxes are one detection
};

// "light": C3-C4, P3-P6, fitted for two cores (see docs/architecture.md). "torchvision": Mask R-CNN
// R50-FPN, C2-C5, P2-P6, or RetinaNet R50-FPN, C3-C5, P3-P7, with torchvision's numbers. "paper":
// the same with Matterport's numbers where Lin et al. 2019 are silent. arch: mask_rcnn or
// retinanet. usage error for another name.
DetectorOptions detector_preset(const std::string& name, const std::string& arch = "mask_rcnn");

// Throws usage, naming the option as the training's options do ("model.backbone.last_level"): out
// of range, or such as do not go together.
void check(const BackboneOptions& options);
void check(const DetectorOptions& options);  // of all groups

}  // namespace mammograft
