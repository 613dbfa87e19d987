#include "pages/experiment_page.h"

#include "core/options.h"
#include "core/progress_bar.h"
#include "pages/arm_section.h"
#include "pages/arm_tables.h"
#include "pages/case_gallery.h"
#include "pages/cohort_table.h"
#include "pages/generator.h"
#include "pages/learning_section.h"
#include "pages/verdict_section.h"

namespace mammograft {
namespace {

void add_where_filled(Section section, Page& page) {
  if (!section.blocks.empty()) page.sections.push_back(std::move(section));
}

std::string gained_text(const StudyOutcome& outcome, const FoundByOne& one) {
  const std::string &arm = outcome.study.arms[one.arm].name,
                    &against = outcome.study.arms[one.against].name;
  return fmt::format(
      "At 0.5 false positives per image, each at its own threshold, {} finds {:g} of {} masses "
      "that "
      "{} misses, and misses {:g} that {} finds{}. Some of that is chance: two trainings of one "
      "arm "
      "differ, too. The pictures are of seed {}.",
      arm, one.gained, one.masses, against, one.lost, against,
      one.seeds > 1 ? fmt::format(" (mean of {} seeds)", one.seeds) : "", one.seed);
}

void add_gallery(const StudyOutcome& outcome, int cases, const FoundByOne& one, Page& page) {
  Section section{fmt::format("Found by one: {}, {}", outcome.study.arms[one.arm].name,
                              outcome.study.arms[one.against].name),
                  {Paragraph{gained_text(outcome, one)}}};
  if (cases > 0) {
    const auto& sets = outcome.scored.sets;
    for (Block& block :
         disagreement_gallery(sets[one.set], sets[one.set_against], cases, kVerdictFppi))
      section.blocks.push_back(std::move(block));
  }
  page.sections.push_back(std::move(section));
}

Section cost_section(const StudyOutcome& outcome) {
  double all = 0;
  for (const StageCost& one : outcome.study.costs) all += one.seconds;
  return {
      "Cost",
      {TableBlock{cost_table(outcome),
                  "Seconds by the clock, from the beginning of a task's last run to its end"},
       TableBlock{arm_cost_table(outcome),
                  "What each arm would take alone, all its trainings: what arms share counts for "
                  "each of them"},
       Paragraph{fmt::format(
           "Together {} of tasks, by the clock, several of them at a time. A task that was killed "
           "counts from its last start; a busy machine counts as it was.",
           format_duration(all))}}};
}

Section configuration_section_of(const StudyOutcome& outcome) {
  Json arms = Json::array();
  for (const StudyArm& arm : outcome.study.arms)
    arms.push_back({{"name", arm.name}, {"method", arm.method}, {"grafts", arm.grafts_words()}});
  return {"Configuration",
          {Collapsed{"arms", arms},
           Collapsed{"options of the evaluation", to_json(outcome.scored.options)}}};
}

}  // namespace

Page experiment_page(const StudyOutcome& outcome, const EvaluationReportOptions& options,
                     const PlotWriter& draw) {
  const EvaluationReportOptions usual;
  Page page{
      options.title == usual.title ? "Does grafting help?" : options.title, "", generator(), {}};
  page.subtitle =
      "An experiment: the same detector, learnt in several ways (arms), scored on "
      "patients whom nothing behind it has seen.";
  page.sections.push_back(verdict_section(outcome));
  page.sections.push_back(arm_froc_section(outcome, draw));
  page.sections.push_back(arm_rates_section(outcome));
  add_where_filled(points_section(outcome), page);
  add_where_filled(learning_section(outcome, draw), page);
  add_where_filled(length_section(outcome, draw), page);
  add_where_filled(arm_groups_section(outcome), page);
  for (const FoundByOne& one : outcome.found_by_one) add_gallery(outcome, options.cases, one, page);
  page.sections.push_back(cost_section(outcome));
  page.sections.push_back(
      {"Data",
       {TableBlock{cohort_table(summarize(*outcome.scored.sets.front().cohort)), "Those tested"}}});
  page.sections.push_back(configuration_section_of(outcome));
  return page;
}

}  // namespace mammograft
