#include "blend/blender_training_options.h"

#include "core/expect.h"

namespace mammograft {
namespace {

void check_ranges(const JitterOptions& jitter) {
  expect_at_least("jitter.brightness", jitter.brightness, 0);
  expect_above("jitter.contrast_low", jitter.contrast_low, 0);
  expect_ordered("jitter.contrast_low, contrast_high", jitter.contrast_low, jitter.contrast_high);
  expect_within("jitter.shift", jitter.shift, 0, 0.5);
  expect_within("jitter.cutout", jitter.cutout, 0, 1);
}

void check_ranges(const GeneratorOptions& generator) {
  expect_at_least("generator.body_mm", generator.body_mm, 0);
  expect_at_least("generator.feather_px", generator.feather_px, 0);
  check(generator.fusion, "generator.fusion");
}

void check_ranges(const BlendLossOptions& loss) {
  expect_at_least("loss.lambda_p", loss.lambda_p, 0);
  expect_at_least("loss.adversarial_weight", loss.adversarial_weight, 0);
  expect_at_least("loss.scales", loss.scales, 1);
  expect_at_least("loss.mixed_scales", loss.mixed_scales, 0);
  expect_above("loss.epsilon", loss.epsilon, 0);
}

void check_ranges(const BlendSetOptions& data) {
  expect_above("data.grid_mm", data.grid_mm, 0);
  expect_at_least("data.window_px", data.window_px, 16);
  expect_at_least("data.max_lesions", data.max_lesions, 0);
  expect_at_least("data.max_backgrounds", data.max_backgrounds, 1);
  expect_within("data.held_out", data.held_out, 0, 1);
  expect_at_least("data.validation_windows", data.validation_windows, 1);
  check(data.lesion);
  check(data.placement);
  check(data.intensity);
}

}  // namespace

void check(const BlenderTrainingOptions& options) {
  const auto count = [](const char* name, int64_t value) {
    expect_at_least(name, static_cast<double>(value), 1);
  };
  count("steps", options.steps);
  count("batch", options.batch);
  count("validate_every", options.validate_every);
  count("checkpoint_every", options.checkpoint_every);
  count("log_every", options.log_every);
  expect_share_below_one("ema_decay", options.ema_decay);
  expect_at_least("discriminator_rate", options.discriminator_rate, 0);
  expect_above("discriminator.gain", options.discriminator.gain, 0);
  expect_at_least("discriminator.gradient_penalty", options.discriminator.gradient_penalty, 0);
  check_ranges(options.generator);
  check_ranges(options.loss);
  check_ranges(options.jitter);
  check_ranges(options.data);
}

}  // namespace mammograft
