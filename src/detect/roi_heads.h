// The second stage: box head, class and box predictors, mask head (Fast R-CNN, Mask R-CNN §3).
#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/types.h>

#include <vector>

#include "core/rng.h"
#include "detect/box_coder.h"
#include "detect/detector_options.h"
#include "detect/image_detections.h"
#include "detect/target.h"
#include "nn/layers.h"
#include "nn/prepared_cache.h"

namespace mammograft {

struct RoiLosses {
  torch::Tensor classification;  // L_cls: cross-entropy over the sampled proposals
  torch::Tensor box;      // L_loc: smooth L1 (beta 1/9) of the positive ones over all samples
  torch::Tensor mask;     // L_seg: binary cross-entropy over the positive ones' masks
  torch::Tensor samples;  // scalar: how many the first two are means over
  torch::Tensor masks;    // and the third
};

// roi_heads.box_head: fc6, fc7
struct BoxHeadImpl : torch::nn::Module {
  BoxHeadImpl(int64_t inputs, int64_t features);
  torch::Tensor forward(const torch::Tensor& x);  // [R, C, kBoxBins, kBoxBins] -> [R, features]
  torch::nn::Linear fc6{nullptr}, fc7{nullptr};

 private:
  PreparedCache<torch::Tensor> prepared6_, prepared7_;
};
TORCH_MODULE(BoxHead);

// roi_heads.box_predictor: cls_score, bbox_pred
struct BoxPredictorImpl : torch::nn::Module {
  BoxPredictorImpl(int64_t features, int64_t classes);
  torch::nn::Linear cls_score{nullptr}, bbox_pred{nullptr};
};
TORCH_MODULE(BoxPredictor);

// roi_heads.mask_head: 0.0 .. 3.0
struct MaskHeadImpl : torch::nn::Module {
  MaskHeadImpl(int64_t inputs, int64_t channels, int64_t count);
  torch::Tensor forward(torch::Tensor x);  // [R, C, h, w] -> [R, channels, h, w]
  std::vector<Convolution> layers;
};
TORCH_MODULE(MaskHead);

// roi_heads.mask_predictor: conv5_mask, mask_fcn_logits
struct MaskPredictorImpl : torch::nn::Module {
  MaskPredictorImpl(int64_t inputs, int64_t channels, int64_t classes);
  torch::Tensor forward(const torch::Tensor& x);  // [R, C, h, w] -> [R, K, 2 h, 2 w]
  torch::nn::ConvTranspose2d conv5_mask{nullptr};
  Convolution mask_fcn_logits{nullptr};
};
TORCH_MODULE(MaskPredictor);

// The RoIs of an image that the losses look at, and which of them answer for a mass.
struct SampledRois {
  torch::Tensor boxes;     // [S, 4]
  torch::Tensor labels;    // [S] class, 0 for the background
  torch::Tensor used;      // [S] bool: it counts (fixed_lengths.h)
  torch::Tensor rows;      // [P] of the S
  torch::Tensor truths;    // [P] the mass that each of these answers for,
  torch::Tensor positive;  // [P] bool: if it does
};

struct RoiHeadsImpl : torch::nn::Module {
  RoiHeadsImpl(const DetectorOptions& options);
  // features: the levels that RoIAlign reads; proposals: per image [P, 4]; those without an area
  // count for nothing.
  RoiLosses losses(const std::vector<torch::Tensor>& features,
                   const std::vector<torch::Tensor>& proposals, const std::vector<Target>& targets,
                   std::vector<Rng>& rngs);
  // with_masks false: masks stay empty (a mask head that never learnt has nothing to say).
  std::vector<ImageDetections> detect(const std::vector<torch::Tensor>& features,
                                      const std::vector<torch::Tensor>& proposals, int64_t height,
                                      int64_t width, bool with_masks, double mask_score_floor);

  DetectorOptions options;
  BoxCoder coder{kBoxHeadWeights};
  BoxHead box_head{nullptr};
  BoxPredictor box_predictor{nullptr};
  MaskHead mask_head{nullptr};
  MaskPredictor mask_predictor{nullptr};

 private:
  torch::Tensor align(const std::vector<torch::Tensor>& features,
                      const std::vector<torch::Tensor>& boxes, int output) const;
  SampledRois sample(const torch::Tensor& proposals, const Target& target, Rng& rng) const;
  void add_box_losses(const std::vector<torch::Tensor>& features,
                      const std::vector<SampledRois>& rois, const std::vector<Target>& targets,
                      RoiLosses& losses);
  void add_mask_loss(const std::vector<torch::Tensor>& features,
                     const std::vector<SampledRois>& rois, const std::vector<Target>& targets,
                     RoiLosses& losses);
  torch::Tensor mask_probabilities(const std::vector<torch::Tensor>& features,
                                   const torch::Tensor& boxes, const torch::Tensor& labels,
                                   int64_t image);
};
TORCH_MODULE(RoiHeads);

}  // namespace mammograft
