#include "detect/kept_states.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/numbered_files.h"
#include "detect/training_plan.h"

namespace mammograft {
namespace {

constexpr const char* kBefore = "model-";
constexpr const char* kBehind = ".safetensors";

}  // namespace

std::string kept_name(double at) { return fmt::format("{}{}{}", kBefore, at, kBehind); }

std::vector<KeptState> plan_kept_states(const DetectorTrainingOptions& options,
                                        const TrainingSet& set) {
  const int64_t last = plan_stages(options, set, {}).back().end_step;
  const double per_unit = steps_per(options.unit, options, set);
  std::vector<KeptState> states;
  for (const double at : options.keep_at) {
    const auto step = static_cast<int64_t>(std::ceil(at * per_unit));
    const std::string name = kept_name(at);
    const bool twice = std::any_of(states.begin(), states.end(),
                                   [&](const KeptState& other) { return other.name == name; });
    if (!(at > 0) || step > last || twice) {
      fail(ErrorKind::usage,
           "keep_at: found {}, expected more than 0, none twice, and none behind the last step, {}",
           at, last);
    }
    states.push_back({step, name});
  }
  return states;
}

std::vector<std::string> kept_names_in(const std::filesystem::path& run) {
  return numbered_files(run, kBefore, kBehind);
}

}  // namespace mammograft
