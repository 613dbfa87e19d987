#include "detect/training_plan.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/expect.h"

namespace mammograft {

bool draws_real_masses(const TrainingSet& set) {
  return set.real_images_with_mass() > 0 && set.mass_share() > 0 && set.synthetic_share() < 1;
}

double steps_per(const std::string& unit, const DetectorTrainingOptions& options,
                 const TrainingSet& set) {
  if (unit == "steps") return 1;
  const bool real_ones = unit == "passes" || set.fresh();
  const int64_t images = real_ones ? set.real_images_with_mass() : set.images_with_mass();
  const double share = set.mass_share() * (real_ones ? 1 - set.synthetic_share() : 1);
  if (images == 0 || share <= 0) {
    fail(ErrorKind::usage,
         "unit: found {}, which count {}images with a mass, but no draw shows one", unit,
         real_ones ? "real " : "");
  }
  return static_cast<double>(images) / share / (options.batch * options.accumulate);
}

namespace {

// How many of {stem, layer1, layer2, layer3, layer4} a stage keeps frozen.
int frozen_stages(const std::string& stage) {
  static const std::map<std::string, int> frozen = {{"heads", 5},  {"stage5", 4}, {"stage4", 3},
                                                    {"stage3", 2}, {"stage2", 1}, {"all", 0}};
  const auto found = frozen.find(stage);
  if (found == frozen.end()) {
    fail(ErrorKind::usage,
         "stages: found '{}', expected heads, stage5, stage4, stage3, stage2 or all", stage);
  }
  return found->second;
}

// Stages of the ResNet that no file initialised learn from the first step on: everything from the
// first such stage upwards, since freezing is from the bottom.
int initialised_stages(const std::vector<std::string>& fresh) {
  const std::vector<std::string> prefixes = {"backbone.body.conv1", "backbone.body.layer1",
                                             "backbone.body.layer2", "backbone.body.layer3",
                                             "backbone.body.layer4"};
  for (size_t i = 0; i < prefixes.size(); ++i) {
    for (const std::string& name : fresh) {
      if (name.rfind(prefixes[i], 0) == 0) return static_cast<int>(i);
    }
  }
  return 5;
}

// The length of every stage, in steps.
std::vector<int64_t> steps_of_stages(const DetectorTrainingOptions& options,
                                     const TrainingSet& set) {
  const auto in_steps = [](double units, double per_unit) {
    constexpr double kRounding = 1e-9;  // of shares that add up: 12 + 1e-15 are 12 steps
    return static_cast<int64_t>(std::ceil(units * per_unit - kRounding));
  };
  if (options.lengths.empty() && options.stages.size() == 1) {
    if (!draws_real_masses(set)) return {kLeastSteps};
    return {std::max(kLeastSteps, in_steps(kPasses, steps_per("passes", options, set)))};
  }
  const double per_unit = steps_per(options.unit, options, set);
  std::vector<int64_t> steps;
  for (const double length : options.lengths) steps.push_back(in_steps(length, per_unit));
  return steps;
}

void check_augmentation(const AugmentOptions& options) {
  expect_above("augment.scale_low", options.scale_low, 0);
  expect_ordered("augment.scale_low, scale_high", options.scale_low, options.scale_high);
  expect_within("augment.stretch", options.stretch, 0, 0.9);
  expect_within("augment.rotate_deg", options.rotate_deg, 0, 180);
  expect_at_least("augment.gamma", options.gamma, 0);
  expect_within("augment.gain", options.gain, 0, 1);
}

void check_lengths(const DetectorTrainingOptions& options) {
  constexpr double kMostUnits = 1e12;
  for (const std::string& stage : options.stages) (void)frozen_stages(stage);
  for (const double length : options.lengths) expect_within("lengths", length, 0, kMostUnits);
  if (options.lengths.empty() && options.stages.size() == 1) return;
  if (options.stages.empty() || options.stages.size() != options.lengths.size()) {
    fail(ErrorKind::usage, "stages: found {} stages and {} lengths, expected as many of each",
         options.stages.size(), options.lengths.size());
  }
}

void check_keep_at(std::vector<double> keep_at) {
  for (const double at : keep_at) expect_above("keep_at", at, 0);
  std::sort(keep_at.begin(), keep_at.end());
  const auto twice = std::adjacent_find(keep_at.begin(), keep_at.end());
  if (twice != keep_at.end())
    fail(ErrorKind::usage, "keep_at: found {} twice, expected every state once", *twice);
}

}  // namespace

void check(const DetectorTrainingOptions& options) {
  expect_at_least("batch", options.batch, 1);
  expect_at_least("accumulate", options.accumulate, 1);
  expect_share_below_one("ema_decay", options.ema_decay);
  expect_at_least("calibration_images", options.calibration_images, 1);
  expect_at_least("checkpoint_every", static_cast<double>(options.checkpoint_every), 1);
  expect_at_least("log_every", static_cast<double>(options.log_every), 1);
  check(options.model);
  check_augmentation(options.augment);
  expect_within("data.mass_share", options.data.mass_share, 0, 1);
  expect_within("data.synthetic_share", options.data.synthetic_share.value_or(0), 0, 1);
  expect_at_least("validation.every", options.validation.every, 1);
  expect_at_least("validation.most_images", options.validation.most_images, 1);
  check_lengths(options);
  check_keep_at(options.keep_at);
}

std::vector<TrainingStage> plan_stages(const DetectorTrainingOptions& options,
                                       const TrainingSet& set,
                                       const std::vector<std::string>& fresh) {
  check_lengths(options);
  const std::vector<int64_t> steps = steps_of_stages(options, set);
  const int initialised = initialised_stages(fresh);
  std::vector<TrainingStage> plan;
  int64_t at = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    plan.push_back({at, at + steps[i], std::min(frozen_stages(options.stages[i]), initialised)});
    at += steps[i];
  }
  if (at == 0) fail(ErrorKind::usage, "lengths: found 0 in all, expected 1 step or more");
  return plan;
}

}  // namespace mammograft
