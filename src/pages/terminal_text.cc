#include "pages/terminal_text.h"

#include <fmt/format.h>

#include "pages/numbers.h"

namespace mammograft {

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
  }
  for (const PairedDifference& difference : assessment.differences) {
    text += fmt::format("{} - {}: {}\n", assessment.sets[difference.first].name,
                        assessment.sets[difference.second].name,
                        with_interval(difference.value, difference.interval));
  }
  return text;
}

}  // namespace mammograft
