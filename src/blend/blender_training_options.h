// What a training of a blender can be told. No torch.
#pragma once

#include <cstdint>
#include <string>

#include "blend/blend_losses_options.h"
#include "blend/blend_set.h"
#include "blend/discriminator_options.h"
#include "blend/generator_options.h"
#include "blend/jitter_options.h"
#include "blend/vanilla_options.h"
#include "core/options.h"
#include "nn/optimizer_options.h"
#include "nn/schedule.h"

namespace mammograft {

struct BlenderTrainingOptions {
  std::string preset = "default";
  std::string method = "blend";
  int64_t steps = 200;
  int batch = 4;
  std::string match = "membrane";
  double ema_decay = 0.995;
  std::string keep = "best";
  double discriminator_rate = 1;
  int64_t validate_every = 100;
  int64_t sheet_every = 100;
  int64_t checkpoint_every = 100;
  int64_t log_every = 10;
  std::string precision = "auto";
  GeneratorOptions generator;
  DiscriminatorOptions discriminator;
  JitterOptions jitter;
  BlendLossOptions loss;
  ScheduleOptions schedule{.learning_rate = 2e-4,
                           .warmup_steps = 0,
                           .warmup_start = 1,
                           .decay = "cosine",
                           .final_share = 0.1};
  OptimizerOptions optimizer{.kind = "adam",
                             .momentum = 0,
                             .beta1 = 0.5,
                             .beta2 = 0.99,
                             .weight_decay = 0,
                             .decay_bias = false,
                             .clip_norm = 0};
  BlendSetOptions data;
  VanillaOptions vanilla;
  template <typename V>
  void fields(V&& v) {
    v.choice("preset", preset, {"default", "paper"},
             "decides the other options' defaults; paper: all as Lin et al. 2019 have it, the "
             "whole window from the lesion as it is, one scale, the literal loss, the last state");
    v.choice(
        "method", method, {"blend", "noprior", "vanilla"},
        "blend: from the lesion; the baselines noprior: from noise in its place; vanilla: from "
        "noise to a whole mammogram with its mask");
    v("steps", steps, "optimiser steps");
    v("batch", batch, "windows a step");
    v.choice(
        "match", match, {"membrane", "offset", "none"},
        "how the pasted lesion is brought to the level of the background: plus the membrane "
        "that spans their difference along the rim, as in Poisson editing; plus its mean; not");
    v("ema_decay", ema_decay, "decay of the generator's moving average, which is what is kept");
    v.choice("keep", keep, {"best", "last"},
             "the state that scores best on held-out patients, or the last one");
    v("discriminator_rate", discriminator_rate,
      "learning rate of the discriminator over that of the generator (two time scales)");
    v("validate_every", validate_every, "steps between measurements on held-out patients");
    v("sheet_every", sheet_every, "steps between contact sheets");
    v("checkpoint_every", checkpoint_every, "steps between checkpoints");
    v("log_every", log_every, "steps between lines of log.jsonl");
    v.choice("precision", precision, {"auto", "fp32", "bf16"}, "arithmetic of the networks");
    v.group("generator", generator);
    v.group("discriminator", discriminator);
    v.group("jitter", jitter);
    v.group("loss", loss);
    v.group("schedule", schedule);
    v.group("optimizer", optimizer);
    v.group("data", data);
    v.group("vanilla", vanilla);
  }
};

// The defaults under a preset. usage for an unknown name.
BlenderTrainingOptions blender_preset(const std::string& name);

// Throws usage for options out of range.
void check(const BlenderTrainingOptions& options);

}  // namespace mammograft
