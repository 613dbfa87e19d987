#include "blend/blender_training_options.h"
#include "core/error.h"

namespace mammograft {

// docs/equations.md says what departs from the paper; here is how to get the paper's.
BlenderTrainingOptions blender_preset(const std::string& name) {
  BlenderTrainingOptions options;
  if (name == "default") return options;
  if (name != "paper")
    fail(ErrorKind::usage, "preset: found '{}', expected default or paper", name);
  options.preset = name;
  options.data.placement.contrast_growth = 0;
  options.match = "none";
  options.generator.output = "plain";
  options.generator.body = "none";
  options.loss.adversarial = "literal";
  options.loss.guidance = "vector";
  options.loss.scales = 1;
  options.loss.mixed_scales = 1;
  options.discriminator.looks_at = "window";
  options.discriminator.gain = 1;
  options.jitter.enabled = false;
  options.ema_decay = 0;
  options.keep = "last";
  return options;
}

}  // namespace mammograft
