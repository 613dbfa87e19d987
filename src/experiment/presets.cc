#include "experiment/presets.h"

#include <fmt/ranges.h>

#include "core/error.h"

namespace mammograft {
namespace {

struct PlanPreset {
  const char* name;
  const std::string_view& text;
};

constexpr PlanPreset kPlanPresets[] = {{"paper", assets::paper_toml},
                                       {"cpu", assets::cpu_toml},
                                       {"smoke", assets::smoke_toml},
                                       {"archive", assets::archive_toml}};

}  // namespace

std::vector<std::string> plan_presets() {
  std::vector<std::string> names;
  for (const PlanPreset& preset : kPlanPresets) names.emplace_back(preset.name);
  return names;
}

std::string plan_preset(const std::string& name) {
  for (const PlanPreset& preset : kPlanPresets) {
    if (preset.name == name) return std::string(preset.text);
  }
  fail(ErrorKind::usage, "--preset: found {}, expected one of {}", name,
       fmt::join(plan_presets(), ", "));
}

}  // namespace mammograft
