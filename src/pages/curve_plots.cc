#include "pages/curve_plots.h"

#include <algorithm>

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

// Between hits precision only falls: its corners are at hits, and at the end.
Series precision_series(const SetResult& set) {
  Series series;
  for (const FrocPoint& point : corners(set.froc)) {
    const double marks = point.true_positives + point.false_positives;
    if (marks == 0) continue;
    series.x.push_back(point.tpr);
    series.y.push_back(point.true_positives / marks);
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
  plot.x_label = "share of normal patients called positive";
  plot.y_label = "share of patients with masses called positive";
  for (size_t i = 0; i < result.sets.size(); ++i)
    add_line(result, i, roc_series(result.sets[i]), plot);
  return plot;
}

}  // namespace mammograft
