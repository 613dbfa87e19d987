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
  double draws = static_cast<double>(set.images_with_mass()) / set.mass_share();
  if (options.unit == "passes" || set.fresh()) {
    const double share = set.mass_share() * (1 - set.synthetic_share());
    if (set.real_images_with_mass() == 0 || share <= 0) {
      fail(ErrorKind::usage,
           "unit: found {}, which count real images with a mass, but no draw shows one",
           options.unit);
    }
    draws = static_cast<double>(set.real_images_with_mass()) / share;
  }
  return draws / (options.batch * options.accumulate);
}

std::vector<TrainingStage> plan_stages(const DetectorTrainingOptions& options,
                                       const TrainingSet& set,
                                       const std::vector<std::string>& fresh) {
  if (options.stages.empty() || options.stages.size() != options.lengths.size()) {
    fail(ErrorKind::usage, "stages: found {} stages and {} lengths, expected as many of each",
         options.stages.size(), options.lengths.size());
  }
  const double steps_per_unit = steps_per(options, set);
  const int initialised = initialised_stages(fresh);
  std::vector<TrainingStage> plan;
  int64_t at = 0;
  for (size_t i = 0; i < options.stages.size(); ++i) {
    const auto steps = static_cast<int64_t>(std::ceil(options.lengths[i] * steps_per_unit));
    plan.push_back({at, at + steps, std::min(frozen_stages(options.stages[i]), initialised)});
    at += steps;
  }
  return plan;
}

}  // namespace mammograft
