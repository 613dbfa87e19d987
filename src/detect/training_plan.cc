#include "detect/training_plan.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"

namespace mammograft {
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

}  // namespace

double steps_per(const DetectorTrainingOptions& options, const TrainingSet& set) {
  if (options.unit == "steps") return 1;
  const bool real_ones = options.unit == "passes" || set.fresh();
  const int64_t images = real_ones ? set.real_images_with_mass() : set.images_with_mass();
  const double share = set.mass_share() * (real_ones ? 1 - set.synthetic_share() : 1);
  if (images == 0 || share <= 0) {
    fail(ErrorKind::usage,
         "unit: found {}, which count {}images with a mass, but no draw shows one", options.unit,
         real_ones ? "real " : "");
  }
  return static_cast<double>(images) / share / (options.batch * options.accumulate);
}

std::vector<TrainingStage> plan_stages(const DetectorTrainingOptions& options,
                                       const TrainingSet& set,
                                       const std::vector<std::string>& fresh) {
  if (options.stages.empty() || options.stages.size() != options.lengths.size()) {
    fail(ErrorKind::usage, "stages: found {} stages and {} lengths, expected as many of each",
         options.stages.size(), options.lengths.size());
  }
  constexpr double kMostUnits = 1e12;
  const double steps_per_unit = steps_per(options, set);
  const int initialised = initialised_stages(fresh);
  std::vector<TrainingStage> plan;
  int64_t at = 0;
  for (size_t i = 0; i < options.stages.size(); ++i) {
    if (!(options.lengths[i] >= 0 && options.lengths[i] < kMostUnits))
      fail(ErrorKind::usage, "lengths: found {}, expected 0 or more", options.lengths[i]);
    const auto steps = static_cast<int64_t>(std::ceil(options.lengths[i] * steps_per_unit));
    plan.push_back({at, at + steps, std::min(frozen_stages(options.stages[i]), initialised)});
    at += steps;
  }
  if (at == 0) fail(ErrorKind::usage, "lengths: found 0 in all, expected 1 step or more");
  return plan;
}

}  // namespace mammograft
