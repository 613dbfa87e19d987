// What a detector's networks have in common, whatever their head: they learn from images with
// targets and find boxes. Takes tensors; knows nothing of files or devices.
#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "detect/backbone.h"
#include "detect/detector_options.h"
#include "detect/image_detections.h"
#include "detect/loss_options.h"
#include "detect/target.h"
#include "nn/conv_plan.h"

namespace mammograft {

struct LossTerm {
  std::string name;          // in log.jsonl
  torch::Tensor value;       // scalar, not yet weighted: a sum divided by max(count, 1)
  double weight = 1;         // in the total
  torch::Tensor count = {};  // scalar: of what the value is a mean over; to be set by the network
};

torch::Tensor total_loss(const std::vector<LossTerm>& terms);  // scalar: sum of weight * value

struct DetectionNetwork : torch::nn::Module {
  explicit DetectionNetwork(const DetectorOptions& options);

  // images [N, 1, H, W] in [0, 1]; targets, rngs: one per image, so that what is drawn for it does
  // not depend on the batch. `compute`: arithmetic of the convolutions; predictors and losses are
  // fp32. The same terms in the same order at every call.
  virtual std::vector<LossTerm> losses(const torch::Tensor& images,
                                       const std::vector<Target>& targets, std::vector<Rng>& rngs,
                                       torch::ScalarType compute, const LossOptions& weights) = 0;

  // The convolutional part: all that find() reads, [N, C, h, w] each, channels-last. What Mask
  // R-CNN gives: the pyramid's levels in `compute`, finest first, then its head's maps on them.
  virtual std::vector<torch::Tensor> maps(const torch::Tensor& images,
                                          torch::ScalarType compute) = 0;
  // The same for another engine: its outputs are maps().
  virtual ConvPlan plan() const = 0;
  // What then runs on regions of the maps, by name ("box_head"); nothing where there is one stage.
  virtual std::map<std::string, ConvPlan> head_plans() const { return {}; }

  // What the maps of images of height x width show, one entry per image. with_masks: masks too, for
  // scores from mask_score_floor on; a network that has none finds boxes all the same.
  virtual std::vector<ImageDetections> find(const std::vector<torch::Tensor>& maps, int64_t height,
                                            int64_t width, bool with_masks,
                                            double mask_score_floor) = 0;
  virtual bool has_masks() const = 0;

  DetectorOptions options;
  Backbone backbone{nullptr};
};

}  // namespace mammograft
