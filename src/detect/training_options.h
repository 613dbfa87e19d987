// How a detector is trained: everything that `train detector` takes. No torch in this header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "detect/augment.h"
#include "detect/detector_options.h"
#include "detect/loss_options.h"
#include "detect/training_set.h"
#include "detect/validation_split.h"
#include "nn/optimizer_options.h"
#include "nn/schedule.h"

namespace mammograft {

struct DetectorTrainingOptions {
  DetectorOptions model;
  std::string init = "imagenet";  // imagenet | random | FILE.safetensors
  std::string anchor_choice = "preset";
  // What learns, stage by stage: heads (all but the ResNet), stage5 .. stage2 (that ResNet stage
  // and above; stage4 is torchvision's layer3), all.
  std::vector<std::string> stages = {"stage3"};
  std::vector<double> lengths;  // of each stage; none: by the data (training_plan.h)
  std::string unit = "steps";   // or epochs, or passes (steps_per())
  std::vector<double> keep_at;  // in the unit of the lengths (kept_states.h)
  int batch = 2;
  int accumulate = 1;        // batches a step, their gradients averaged
  double ema_decay = 0.998;  // of the averaged weights that are validated and kept; 0: none
  std::string precision = "auto";
  int calibration_images = 32;
  LossOptions loss;
  ScheduleOptions schedule;
  OptimizerOptions optimizer;
  AugmentOptions augment;
  TrainingSetOptions data;
  ValidationOptions validation;
  int64_t checkpoint_every = 200;
  int64_t log_every = 10;
  template <typename V>
  void fields(V&& v) {
    v.choice("preset", model.preset, {"light", "torchvision", "paper"},
             "network and recipe to start from");
    v.choice("arch", model.arch, {"mask_rcnn", "retinanet"},
             "network: two stages with masks, or one stage without");
    v.group("model", model);
    v("init", init,
      "start from: imagenet, random, or a safetensors file; a detector of ours brings its preset, "
      "arch and model options as defaults, unless another preset or arch is asked for");
    v.choice("anchor_choice", anchor_choice, {"preset", "fit"},
             "anchors: of the preset, or fitted to the boxes");
    v("stages", stages, "what learns in each stage: heads, stage5, stage4, stage3, stage2, all");
    v("lengths", lengths,
      "length of each stage; none: of one stage, 40 passes over the real images with a mass, and "
      "1600 steps at least");
    v.choice("unit", unit, {"steps", "epochs", "passes"},
             "unit of the lengths: an epoch shows every image with a mass once, synthetic ones too "
             "(fresh ones are not counted); "
             "a pass every real one, however many synthetic ones are drawn beside");
    v("keep_at", keep_at,
      "after so much, in the unit of the lengths, the running average is written beside the model: "
      "400 gives model-400.safetensors, a detector as any other. Where the learning rate falls to "
      "the "
      "end it is not what a training of that length gives; with --schedule-decay constant it is");
    v("batch", batch, "images at a time, over all processes");
    v("accumulate", accumulate,
      "batches a step, their gradients averaged: a larger batch in the "
      "memory of a small one");
    v("ema_decay", ema_decay,
      "decay a step of the running average of the weights, which is what is kept; 0: the weights "
      "themselves");
    v.choice("precision", precision, {"auto", "fp32", "bf16"}, "arithmetic of the convolutions");
    v("calibration_images", calibration_images,
      "images from which batch norms that no file initialised take their statistics");
    v.group("loss", loss);
    v.group("schedule", schedule);
    v.group("optimizer", optimizer);
    v.group("augment", augment);
    v.group("data", data);
    v.group("validation", validation);
    v("checkpoint_every", checkpoint_every, "steps between checkpoints");
    v("log_every", log_every, "steps between lines of log.jsonl");
  }
};

// The preset's training recipe: `light` for two cores (stem and layer1 frozen, one stage);
// `torchvision` the paper's three steps with Matterport's values; `paper` the same from images with
// a mass only.
DetectorTrainingOptions training_preset(const std::string& name,
                                        const std::string& arch = "mask_rcnn");

}  // namespace mammograft
