#include "pages/curve_plots.h"

#include <algorithm>
#include <set>

namespace mammograft {
namespace {

Plot unit_square(const EvaluateResult& result, const std::string& name) {
  Plot plot;
  plot.name = name;
  plot.title = short_rule(result.options);
  plot.x_range = {0, 1.005};
  plot.y_range = {0, 1.01};
  return plot;
}

// The legend is left out where there is one line only.
void add_line(const EvaluateResult& result, size_t index, Series series, Plot& plot) {
  series.color = series_color(index);
  if (result.sets.size() > 1) series.label = result.sets[index].name;
  plot.series.push_back(std::move(series));
}

// Of all images, also where false positives on some count for no FPPI; as average precision has it,
// of the marks on a target the first. A point for each score that finds another target, and the
// end.
Series precision_series(const SetResult& set) {
  Series series;
  const std::vector<Reading::Mark>& marks = set.reading.marks;
  const auto targets = static_cast<double>(set.reading.targets.size());
  std::set<int> found;
  double alarms = 0;
  for (size_t i = 0, known = 0; i < marks.size(); ++i) {
    if (marks[i].target < 0) {
      ++alarms;
    } else {
      found.insert(marks[i].target);
    }
    const bool last = i + 1 == marks.size();
    if (!last && (marks[i + 1].score == marks[i].score || found.size() == known)) continue;
    known = found.size();
    const auto hits = static_cast<double>(known);
    series.x.push_back(targets > 0 ? hits / targets : 0);
    series.y.push_back(hits / (hits + alarms));
  }
  return series;
}

// Patients without a mark are called positive last, all at once.
Series roc_series(const SetResult& set) {
  Series series;
  series.steps = true;
  const FrocData data = roc_data(case_scores(set.reading, Unit::patient), set.reading.patients);
  if (data.images() == 0 || data.masses() == 0) return series;
  for (const FrocPoint& point : make_froc(data).points) {
    series.x.push_back(point.fppi);
    series.y.push_back(point.tpr);
  }
  series.x.push_back(1);
  series.y.push_back(1);
  return series;
}

}  // namespace

Plot precision_recall_plot(const EvaluateResult& result) {
  Plot plot = unit_square(result, "precision_recall");
  plot.x_label = "share of masses found";
  plot.y_label = "share of marks that find one";
  plot.legend_right = false;
  for (size_t i = 0; i < result.sets.size(); ++i)
    add_line(result, i, precision_series(result.sets[i]), plot);
  return plot;
}

Plot roc_plot(const EvaluateResult& result) {
  Plot plot = unit_square(result, "roc");
  plot.x_label = "share of patients without an annotated mass called positive";
  plot.y_label = "share of patients with masses called positive";
  for (size_t i = 0; i < result.sets.size(); ++i)
    add_line(result, i, roc_series(result.sets[i]), plot);
  return plot;
}

}  // namespace mammograft
