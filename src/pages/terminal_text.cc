#include "pages/terminal_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "graft/appearance.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

// The group of measures by which a set is told best.
std::string what_tells_most(const AssessedSet& set) {
  const auto best = std::max_element(
      set.appearance_group_auc.begin(), set.appearance_group_auc.end(),
      [](const AucEstimate& a, const AucEstimate& b) { return a.value < b.value; });
  if (best == set.appearance_group_auc.end()) return "";
  const auto group = static_cast<size_t>(best - set.appearance_group_auc.begin());
  return fmt::format(", most by {}: {:.3f}", kAppearanceGroups[group].title, best->value);
}

}  // namespace

std::string evaluation_text(const EvaluateResult& result) {
  std::string text;
  for (const SetResult& set : result.sets) {
    text += fmt::format("{}: {} masses, {} images, {} false positives in all\n", set.name,
                        set.counts.masses, set.counts.fppi_images, set.counts.false_positives);
    for (const OperatingPoint& at : set.operating_points) {
      text += fmt::format("  TPR at {:<4g} FPPI: {}\n", at.fppi_limit,
                          with_interval(at.point.tpr, at.tpr));
    }
  }
  return text;
}

std::string assessment_text(const Assessment& assessment) {
  std::string text;
  for (const AssessedSet& set : assessment.sets) {
    if (set.seed_auc.empty()) {
      text += fmt::format("{}: {} synthetic masses measured beside {} real ones\n", set.name,
                          set.masses.size(), assessment.real.masses.size());
      continue;
    }
    text += fmt::format("{}: AUC {}; {} of {} synthetic masses tested against {} real ones\n",
                        set.name, with_interval(set.auc.value, set.auc.interval), set.auc.positives,
                        set.masses.size(), set.auc.negatives);
    text += fmt::format("  by measures of appearance {}{}\n",
                        with_interval(set.appearance_auc.value, set.appearance_auc.interval),
                        what_tells_most(set));
  }
  for (const PairedDifference& difference : assessment.differences) {
    text += fmt::format("{} - {}: {}\n", assessment.sets[difference.first].name,
                        assessment.sets[difference.second].name,
                        with_interval(difference.value, difference.interval));
  }
  return text;
}

}  // namespace mammograft
