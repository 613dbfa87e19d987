#include "pages/froc_plot.h"

#include <algorithm>
#include <cmath>

namespace mammograft {
namespace {

constexpr double kLeft = 0.05;  // FPPI at which the axis begins

void add_band(const SetResult& set, double right, Series& series) {
  for (size_t i = 0; i < set.band.size(); ++i) {
    const double fppi = set.band_fppi[i];
    if (fppi < 0.9 * kLeft || fppi > right || std::isnan(set.band[i].low)) continue;
    series.band_x.push_back(fppi);
    series.low.push_back(set.band[i].low);
    series.high.push_back(set.band[i].high);
  }
}

Series froc_series(const SetResult& set, double right) {
  Series series;
  series.label = set.name;
  series.steps = true;
  series.x.push_back(kLeft);
  series.y.push_back(tpr_at(set.froc, kLeft));
  for (const FrocPoint& point : corners(set.froc)) {
    if (point.fppi <= kLeft || point.fppi > right) continue;
    series.x.push_back(point.fppi);
    series.y.push_back(point.tpr);
  }
  const double last = std::min(right, set.froc.points.back().fppi);
  if (last > series.x.back()) {  // the curve ends where the detections end
    series.x.push_back(last);
    series.y.push_back(tpr_at(set.froc, last));
  }
  add_band(set, right, series);
  return series;
}

// The most FPPI of all results, within what is worth looking at.
double right_end(const EvaluateResult& result) {
  double right = 1;
  for (const SetResult& set : result.sets) right = std::max(right, set.froc.points.back().fppi);
  return std::min(right, 10.0);
}

}  // namespace

Plot froc_plot(const EvaluateResult& result) {
  Plot plot;
  plot.name = "froc";
  plot.title = short_rule(result.options);
  plot.x_label = "false positives per image";
  plot.y_label = "share of masses found";
  plot.log_x = true;
  const double right = right_end(result);
  plot.x_range = {kLeft, right};
  plot.y_range = {0, 1.01};
  for (double tick : {0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0}) {
    if (tick <= right) plot.x_ticks.push_back(tick);
  }
  for (size_t i = 0; i < result.sets.size(); ++i) {
    Series series = froc_series(result.sets[i], right);
    series.color = series_color(i);
    if (result.sets.size() == 1) series.label.clear();
    plot.series.push_back(std::move(series));
  }
  return plot;
}

}  // namespace mammograft
