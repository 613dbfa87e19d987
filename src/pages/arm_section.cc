#include "pages/arm_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "pages/arm_tables.h"
#include "pages/few_masses.h"
#include "pages/froc_section.h"
#include "pages/numbers.h"
#include "pages/quoted.h"

namespace mammograft {
namespace {

constexpr double kFirstFppi = 0.05;
constexpr size_t kReadableBands = 3;

Series arm_series(const StudyOutcome& outcome, const ArmScore& score, bool band) {
  Series series;
  series.label = outcome.study.arms[score.arm].name;
  series.color = series_color(score.arm);
  series.steps = true;
  for (size_t i = 0; i < score.curve.size(); ++i) {
    if (score.curve_fppi[i] < 0.9 * kFirstFppi) continue;
    series.x.push_back(score.curve_fppi[i]);
    series.y.push_back(score.curve[i].value);
    if (!band || std::isnan(score.curve[i].interval.low)) continue;
    series.band_x.push_back(score.curve_fppi[i]);
    series.low.push_back(score.curve[i].interval.low);
    series.high.push_back(score.curve[i].interval.high);
  }
  return series;
}

Plot empty_froc_plot(const StudyOutcome& outcome, const std::string& name) {
  Plot plot;
  plot.name = name;
  plot.title = short_rule(outcome.scored.options);
  plot.x_label = "false positives per image";
  plot.y_label = "share of masses found";
  plot.log_x = true;
  const double right = outcome.scores.front().curve_fppi.back();
  plot.x_range = {kFirstFppi, right};
  plot.y_range = {0, 1.01};
  for (double tick : {0.05, 0.1, 0.25, 0.5, 0.8, 1.0, 2.0, 5.0, 10.0})
    if (tick <= right) plot.x_ticks.push_back(tick);
  return plot;
}

std::vector<const ArmScore*> at_main_point(const StudyOutcome& outcome) {
  std::vector<const ArmScore*> here;
  for (const ArmScore& score : outcome.scores)
    if (score.point == outcome.main_point) here.push_back(&score);
  return here;
}

std::string froc_caption(const StudyOutcome& outcome) {
  const bool several = outcome.study.seeds.size() > 1;
  std::string text =
      "Share of masses found against false positives per image, logarithmic; folds pooled";
  if (several) text += ", the mean over the seeds";
  if (outcome.scored.options.bootstrap.resamples > 0)
    text += fmt::format("; bands: pointwise {:g} % intervals over patients{}",
                        100 * outcome.level(), several ? " and seeds" : "");
  return text +
         ". Bands that overlap say little of a difference: the same patients are behind both "
         "curves. The differences below are paired. Grey: what Lin et al. report of INbreast.";
}

void add_differences(const StudyOutcome& outcome, size_t against, Section& section) {
  Table table = difference_rows(outcome, outcome.main_point, against);
  if (table.rows.empty()) return;
  section.blocks.push_back(
      TableBlock{std::move(table),
                 fmt::format("Difference of the TPR to {} (interval), p corrected over the arms",
                             outcome.study.arms[against].name)});
}

std::string how_compared(const StudyOutcome& outcome) {
  const EvaluateOptions& options = outcome.scored.options;
  return fmt::format(
      "Differences are of the same patients. Intervals: {:g} %, {} resamples of patients, and of "
      "the "
      "seeds where an arm has several. p is the larger of two: of a permutation of patients ({} "
      "rounds), which takes the trainings as they are, and of the resamples, which draw them; then "
      "corrected by Holm over the arms. Not corrected over the five numbers of false positives: "
      "the "
      "verdict is given at {:g}, chosen before.",
      100 * outcome.level(), options.bootstrap.resamples, options.permutations, kVerdictFppi);
}

std::string small_groups_text(const StudyOutcome& outcome) {
  std::string text;
  std::set<std::string> named;
  for (const ArmGroup& group : outcome.groups) {
    const std::string name = fmt::format("{} {} ({})", group.by, group.group, group.masses);
    if (group.masses >= kFewMasses || !is_shown(group) || !named.insert(name).second) continue;
    text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace

std::vector<Plot> arm_froc_plots(const StudyOutcome& outcome) {
  const std::vector<const ArmScore*> here = at_main_point(outcome);
  const bool readable = here.size() <= kReadableBands;
  std::vector<Plot> plots = {empty_froc_plot(outcome, "froc")};
  for (const ArmScore* score : here)
    plots[0].series.push_back(arm_series(outcome, *score, readable));
  plots[0].series.push_back(quoted_marks());
  const auto real = outcome.study.arm_of("real");
  if (readable || !real || outcome.score(*real, outcome.main_point) == nullptr) return plots;
  for (const ArmScore* score : here) {
    if (score->arm == *real) continue;
    Plot plot = empty_froc_plot(outcome, "froc_" + outcome.study.arms[score->arm].name);
    plot.height = 330;
    plot.series.push_back(arm_series(outcome, *outcome.score(*real, outcome.main_point), true));
    plot.series.push_back(arm_series(outcome, *score, true));
    plots.push_back(std::move(plot));
  }
  return plots;
}

Section arm_froc_section(const StudyOutcome& outcome, const PlotWriter& draw) {
  Section section{"FROC", {}};
  const std::vector<Plot> plots = arm_froc_plots(outcome);
  for (size_t i = 0; i < plots.size(); ++i) {
    const std::string caption = i == 0 ? froc_caption(outcome)
                                       : plots[i].series[1].label + " against " +
                                             plots[i].series[0].label + ", with bands.";
    section.blocks.push_back(Figure{plots[i].name, draw(plots[i]), caption});
  }
  section.blocks.push_back(Paragraph{rule_text(outcome.scored.options)});
  return section;
}

Section arm_rates_section(const StudyOutcome& outcome) {
  const Study& study = outcome.study;
  const std::string words = study.words(study.points[outcome.main_point]);
  const std::string at = words.empty() ? "" : " (" + words + ")";
  Section section{"Masses found", {}};
  section.blocks.push_back(TableBlock{pooled_rows(outcome, outcome.main_point),
                                      "TPR, folds pooled" + at + ": value (interval)"});
  const std::string quoted =
      fmt::format("{} {}", quoted_order(), quoted_caution(outcome.scored.options));
  const ArmScore* first = at_main_point(outcome).front();
  if (first->rates.front().of_fold.size() > 1) {
    section.blocks.push_back(
        TableBlock{fold_rows(outcome, outcome.main_point),
                   "TPR of each fold by itself, as papers print it: mean ± standard deviation of "
                   "the folds; no interval of the mean"});
    section.blocks.push_back(Paragraph{quoted});
  } else {
    section.blocks.push_back(Paragraph{fmt::format(
        "Lin et al. 2019 report, over folds, {} at 0.5 and {} at 0.8 false positives per image. {}",
        quoted_rate(0.5), quoted_rate(0.8), quoted)});
  }
  if (study.seeds.size() > 1) {
    section.blocks.push_back(
        TableBlock{seed_rows(outcome, outcome.main_point),
                   "TPR over the seeds, folds pooled: mean ± standard deviation · each"});
  }
  section.blocks.push_back(Paragraph{how_compared(outcome)});
  for (const char* method : {"real", "pie"})
    if (const auto against = study.arm_of(method)) add_differences(outcome, *against, section);
  return section;
}

Section arm_groups_section(const StudyOutcome& outcome) {
  Section section{"Kinds of masses", {}};
  Table rates = group_rate_rows(outcome);
  if (rates.rows.empty()) return section;
  section.blocks.push_back(
      TableBlock{std::move(rates),
                 "TPR at 0.5 false positives per image (interval); the thresholds are those "
                 "of all masses"});
  Table gains = group_gain_rows(outcome);
  if (!gains.rows.empty()) {
    section.blocks.push_back(TableBlock{
        std::move(gains),
        "Difference to real on the same masses (interval). Not tested, and not corrected for the "
        "number of groups: where to look next, no finding"});
  }
  if (const std::string few = small_groups_text(outcome); !few.empty())
    section.blocks.push_back(few_masses_warning(few));
  return section;
}

}  // namespace mammograft
