#include "pages/systems_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pages/curve_plots.h"
#include "pages/numbers.h"
#include "pages/quoted.h"

namespace mammograft {
namespace {

// Without those that no system has: an AUC, say, where every image shows a mass.
Table figures_by_system(const std::vector<SystemResult>& systems) {
  Table table{{{"figure", "Figure of merit"}}, {}};
  std::vector<const SystemResult*> shown;
  for (const SystemResult& system : systems) {
    if (system.figures.empty()) continue;
    shown.push_back(&system);
    table.columns.push_back({"value", system.name});
  }
  if (shown.empty()) return table;
  for (size_t f = 0; f < shown.front()->figures.size(); ++f) {
    std::vector<Cell> row = {shown.front()->figures[f].name.title};
    bool known = false;
    for (const SystemResult* system : shown) {
      const auto same = std::find_if(system->figures.begin(), system->figures.end(),
                                     [&](const FigureResult& one) {
                                       return one.name.key == shown.front()->figures[f].name.key;
                                     });
      known |= same != system->figures.end() && !std::isnan(same->value);
      row.push_back(same == system->figures.end()
                        ? Cell()
                        : Cell(with_interval(same->value, same->interval)));
    }
    if (known) table.rows.push_back(std::move(row));
  }
  return table;
}

// By result: several runs of a system have a row each.
Table coco_rows(const std::vector<SetResult>& sets) {
  Table table{{{"result", "Result"},
               {"of", "Of"},
               {"ap", "AP .5:.95"},
               {"ap50", "AP .5"},
               {"ap75", "AP .75"},
               {"ar", "AR, 100 detections"}},
              {}};
  for (const SetResult& set : sets) {
    for (const CocoResult& coco : set.coco) {
      const CocoFigures& of = coco.figures;
      table.rows.push_back({set.name, coco.of, finite_cell(of.ap()), finite_cell(of.ap50()),
                            finite_cell(of.ap75()), finite_cell(of.ar())});
    }
  }
  return table;
}

bool has_points(const Plot& plot) {
  return std::any_of(plot.series.begin(), plot.series.end(),
                     [](const Series& series) { return !series.x.empty(); });
}

void add_curves(const EvaluateResult& result, const PlotWriter& draw, Section& section) {
  const Plot precision = precision_recall_plot(result);
  if (has_points(precision)) {
    section.blocks.push_back(
        Figure{precision.name, draw(precision), "Precision against recall, not interpolated."});
  }
  const Plot roc = roc_plot(result);
  if (has_points(roc)) {
    section.blocks.push_back(
        Figure{roc.name, draw(roc), "ROC of patients, each by the highest of its marks."});
  }
}

Table differences_by_pair(const SystemComparison& comparison, bool margin) {
  Table table{{{"pair", "Systems"},
               {"figure", "Figure of merit"},
               {"difference", "Difference (interval)"},
               {"p", "p"},
               {"holm", "p, corrected"}},
              {}};
  if (margin) table.columns.push_back({"not_inferior", "Not inferior"});
  for (const SystemDifference& one : comparison.differences) {
    if (std::isnan(one.value)) continue;
    table.rows.push_back(
        {comparison.systems[one.first].name + " minus " + comparison.systems[one.second].name,
         one.name.title, with_interval(one.value, one.interval), p_text(one.p_permutation),
         p_text(one.p_holm)});
    if (margin) table.rows.back().emplace_back(one.not_inferior ? "yes" : "not shown");
  }
  return table;
}

std::string differences_text(const EvaluateOptions& options) {
  std::string text = fmt::format(
      "Differences on the same patients. p: paired permutation test, {} rounds, two-sided; "
      "corrected: Holm's correction over the pairs of systems, for each figure by itself. "
      "Intervals "
      "by bootstrap, patients (and trainings, where a system has several) drawn together.",
      options.permutations);
  if (options.margin > 0) {
    text += fmt::format(" Not inferior: the interval lies above -{:g}, the margin asked for.",
                        options.margin);
  }
  return text;
}

Table folds_by_fppi(const SetResult& set) {
  Table table{{{"fppi", "FPPI up to"},
               {"folds", fmt::format("TPR, mean ± deviation of {} folds", set.folds.files.size())},
               {"pooled", "TPR pooled (interval)"},
               {"quoted", "Lin et al. 2019, quoted"}},
              {}};
  for (size_t x = 0; x < set.folds.mean.size(); ++x) {
    const OperatingPoint& at = set.operating_points[x];
    table.rows.push_back({fmt::format("{:g}", at.fppi_limit),
                          mean_and_deviation(set.folds.mean[x], set.folds.deviation[x]),
                          with_interval(at.point.tpr, at.tpr), quoted_rate(at.fppi_limit)});
  }
  return table;
}

}  // namespace

Section figures_section(const EvaluateResult& result, const PlotWriter& draw) {
  Section section{"Figures of merit", {}};
  section.blocks.push_back(TableBlock{
      figures_by_system(result.comparison.systems),
      "docs/evaluation.md defines each; all of them, with bounds, are in figures.csv; left out "
      "here are those that these images cannot tell"});
  if (Table coco = coco_rows(result.sets); !coco.rows.empty())
    section.blocks.push_back(TableBlock{std::move(coco), "COCO's average precision and recall"});
  add_curves(result, draw, section);
  if (!result.comparison.differences.empty()) {
    section.blocks.push_back(Paragraph{differences_text(result.options)});
    section.blocks.push_back(TableBlock{
        differences_by_pair(result.comparison, result.options.margin > 0), "Paired differences"});
  }
  for (const std::string& note : result.comparison.notes)
    section.blocks.push_back(Paragraph{note, true});
  return section;
}

Section folds_section(const EvaluateResult& result) {
  Section section{"Folds", {}};
  for (const SetResult& set : result.sets) {
    if (set.folds.mean.empty()) continue;
    const std::string name = result.sets.size() > 1 ? set.name + ": " : "";
    section.blocks.push_back(TableBlock{
        folds_by_fppi(set),
        name + "each fold scored by itself, and all of them as one; the deviation is that of the "
               "folds (n - 1), no interval of the mean"});
  }
  if (!section.blocks.empty())
    section.blocks.push_back(Paragraph{quoted_caution(result.options), true});
  return section;
}

}  // namespace mammograft
