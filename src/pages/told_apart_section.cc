#include "pages/told_apart_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "graft/appearance.h"
#include "pages/assessment_tables.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

Table told_apart_table(const Assessment& assessment) {
  Table table{{{"set", "Set"},
               {"auc", "AUC (interval)"},
               {"seeds", "AUC of each seed"},
               {"tested", "Synthetic tested"},
               {"real", "Real tested"},
               {"two", "Patients in two folds"}},
              {}};
  for (const AssessedSet& set : assessment.sets) {
    std::string seeds;
    for (double value : set.seed_auc) {
      seeds += fmt::format("{}{:.2f}", seeds.empty() ? "" : " · ", value);
    }
    table.rows.push_back({set.name, with_interval(set.auc.value, set.auc.interval), seeds,
                          fmt::format("{} of {}", set.auc.positives, set.masses.size()),
                          fmt::format("{} of {}", set.auc.negatives, assessment.real.masses.size()),
                          static_cast<int64_t>(set.two_folds)});
  }
  return table;
}

// What gives them away: a column for each group of measures.
Table appearance_table(const Assessment& assessment) {
  Table table{{{"set", "Set"}, {"all", "All measures"}}, {}};
  for (const AppearanceGroup& group : kAppearanceGroups)
    table.columns.push_back({group.key, group.title});
  for (const AssessedSet& set : assessment.sets) {
    const AucEstimate& all = set.appearance_auc;
    std::vector<Cell>& row = table.rows.emplace_back();
    row.emplace_back(set.name);
    row.emplace_back(with_interval(all.value, all.interval));
    for (const AucEstimate& one : set.appearance_group_auc)
      row.emplace_back(with_interval(one.value, one.interval));
  }
  return table;
}

std::string appearance_note() {
  std::vector<std::string> groups;
  for (const AppearanceGroup& group : kAppearanceGroups)
    groups.push_back(fmt::format("{}: {}", group.title, group.meaning));
  return fmt::format(
      "AUC of logistic regressions on measures of a mass's appearance, on the same folds, and on "
      "each group of them alone. With few masses they are harder judges than the networks, and "
      "the largest number of a row names what gives its grafts away. Measured are {}.",
      fmt::join(groups, "; "));
}

std::vector<Headline> headlines(const Assessment& assessment) {
  std::vector<Headline> result;
  for (const AssessedSet& set : assessment.sets) {
    const Interval& bounds = set.auc.interval;
    result.push_back({std::isnan(set.auc.value) ? "–" : fmt::format("{:.3f}", set.auc.value),
                      "AUC, " + set.name,
                      std::isnan(bounds.low)
                          ? "no interval"
                          : fmt::format("interval {:.3f} to {:.3f}", bounds.low, bounds.high)});
  }
  result.push_back({fmt::format("{}", assessment.real.masses.size()), "real masses",
                    fmt::format("{} folds by patient", assessment.folds.count)});
  return result;
}

}  // namespace

Section told_apart_section(const Assessment& assessment, const AssessOptions& options) {
  Section section{"Told apart", {}};
  section.blocks.push_back(headlines(assessment));
  section.blocks.push_back(Paragraph{fmt::format(
      "The area under the ROC curve of small networks that learnt to tell the synthetic from the "
      "real masses, on patients that they never saw. 0.5: they could not; 1: always. Each set has "
      "networks of its own, {}. Pairs are compared within folds.",
      options.classifier.seeds == 1
          ? "of one seed"
          : fmt::format("whose scores are averaged over {} seeds", options.classifier.seeds))});
  section.blocks.push_back(TableBlock{told_apart_table(assessment), ""});
  section.blocks.push_back(TableBlock{appearance_table(assessment), appearance_note()});
  if (!assessment.differences.empty()) {
    section.blocks.push_back(TableBlock{
        difference_table(assessment),
        "Differences of the AUC, paired: the same real masses, the same resamples. Below 0: the "
        "first is harder to tell from real masses."});
  }
  if (options.resamples > 0) {
    section.blocks.push_back(Paragraph{fmt::format(
        "Intervals: {:g} %, {} bootstrap resamples of patients within folds. A mass of two "
        "patients, its lesion's and its background's, counts as often as both together. The "
        "networks are not trained anew.",
        100 * options.level, options.resamples)});
  }
  return section;
}

}  // namespace mammograft
