#include "pages/training_curves.h"

#include <algorithm>

namespace mammograft {
namespace {

constexpr size_t kPlaces = 300;

// Means of neighbouring values, so that a long run stays a readable line.
LogSeries thinned(const LogSeries& curve) {
  const size_t run = (curve.step.size() + kPlaces - 1) / kPlaces;
  if (run <= 1) return curve;
  LogSeries result{curve.name, {}, {}};
  for (size_t i = 0; i < curve.step.size(); i += run) {
    const size_t end = std::min(i + run, curve.step.size());
    double sum = 0;
    for (size_t k = i; k < end; ++k) sum += curve.value[k];
    result.step.push_back(curve.step[end - 1]);
    result.value.push_back(sum / static_cast<double>(end - i));
  }
  return result;
}

Plot plot_by_step(const std::string& name, const std::string& y_label,
                  const std::vector<LogSeries>& curves) {
  Plot plot;
  plot.name = name;
  plot.x_label = "step";
  plot.y_label = y_label;
  for (const LogSeries& curve : curves) {
    Series series;
    series.label = curve.name;
    series.x = curve.step;
    series.y = curve.value;
    series.color = series_color(plot.series.size());
    plot.series.push_back(std::move(series));
  }
  return plot;
}

Plot loss_plot(const TrainingCurves& curves) {
  Plot plot = plot_by_step("training", "loss", curves.losses);
  plot.legend_right = false;
  return plot;
}

Plot rate_plot(const LogSeries& rate) {
  Plot plot = plot_by_step("learning_rate", "learning rate", {rate});
  plot.height = 260;
  plot.series.front().label.clear();
  const double largest = *std::max_element(rate.value.begin(), rate.value.end());
  if (largest > 0) {
    plot.y_range = {0, 1.05 * largest};
    plot.y_ticks = {0, largest / 2, largest};
  }
  return plot;
}

}  // namespace

TrainingCurves training_curves(const std::vector<LogSeries>& log) {
  TrainingCurves curves;
  for (const LogSeries& series : log) {
    if (series.name == "learning_rate") {
      curves.lr = thinned(series);
    } else if (series.name.find("loss") != std::string::npos) {
      curves.losses.push_back(thinned(series));
    }
  }
  return curves;
}

std::vector<Plot> training_plots(const TrainingCurves& curves) {
  std::vector<Plot> plots;
  if (!curves.losses.empty()) plots.push_back(loss_plot(curves));
  if (curves.lr) plots.push_back(rate_plot(*curves.lr));
  return plots;
}

}  // namespace mammograft
