// The figures of an evaluation: FROC with its bands, and the curves of a training.
#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "cli/evaluation_report.h"
#include "core/error.h"
#include "core/files.h"

namespace mammograft {
namespace {

constexpr double kLeft = 0.05;  // FPPI at which the axis begins
constexpr size_t kPlaces = 300;

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
  for (size_t i = 0; i < set.band.size(); ++i) {
    if (set.band_fppi[i] < 0.9 * kLeft || set.band_fppi[i] > right || std::isnan(set.band[i].low))
      continue;
    series.band_x.push_back(set.band_fppi[i]);
    series.low.push_back(set.band[i].low);
    series.high.push_back(set.band[i].high);
  }
  return series;
}

// Means of neighbouring values, so that a long run stays a readable line.
void thin(TrainingCurves::Curve& curve) {
  const size_t run = (curve.step.size() + kPlaces - 1) / kPlaces;
  if (run <= 1) return;
  TrainingCurves::Curve result{curve.name, {}, {}};
  for (size_t i = 0; i < curve.step.size(); i += run) {
    const size_t end = std::min(i + run, curve.step.size());
    double sum = 0;
    for (size_t k = i; k < end; ++k) sum += curve.value[k];
    result.step.push_back(curve.step[end - 1]);
    result.value.push_back(sum / static_cast<double>(end - i));
  }
  curve = std::move(result);
}

Series curve_series(const TrainingCurves::Curve& curve, size_t index) {
  Series series;
  series.label = curve.name;
  series.x = curve.step;
  series.y = curve.value;
  series.color = series_color(index);
  return series;
}

}  // namespace

Plot froc_plot(const EvaluateResult& result) {
  Plot plot;
  plot.name = "froc";
  plot.x_label = "false positives per image";
  plot.y_label = "share of masses found";
  plot.log_x = true;
  double right = 1;
  for (const SetResult& set : result.sets) right = std::max(right, set.froc.points.back().fppi);
  right = std::min(right, 10.0);
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

std::vector<Plot> training_plots(const TrainingCurves& curves) {
  std::vector<Plot> plots;
  if (!curves.losses.empty()) {
    Plot plot;
    plot.name = "training";
    plot.x_label = "step";
    plot.y_label = "loss";
    plot.legend_right = false;
    for (size_t i = 0; i < curves.losses.size(); ++i) {
      plot.series.push_back(curve_series(curves.losses[i], i));
    }
    plots.push_back(std::move(plot));
  }
  if (curves.lr) {
    Plot plot;
    plot.name = "learning_rate";
    plot.x_label = "step";
    plot.y_label = "learning rate";
    plot.height = 260;
    plot.series.push_back(curve_series(*curves.lr, 0));
    plot.series.back().label.clear();
    const auto& values = plot.series.back().y;
    const double largest = *std::max_element(values.begin(), values.end());
    if (largest > 0) {
      plot.y_range = {0, 1.05 * largest};
      plot.y_ticks = {0, largest / 2, largest};
    }
    plots.push_back(std::move(plot));
  }
  return plots;
}

TrainingCurves read_training_log(const std::filesystem::path& path) {
  std::istringstream lines(read_file(path));
  std::map<std::string, std::map<double, double>> values;  // key -> step -> value
  std::vector<std::string> order;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    const Json entry = Json::parse(line, nullptr, false);
    if (entry.is_discarded()) {
      if (lines.eof()) break;  // the last line of a run that was killed while it wrote
      fail(ErrorKind::bad_input, "{}: line {}: expected a JSON object", path.string(), number);
    }
    if (!entry.is_object() || !entry.contains("step") || !entry["step"].is_number()) continue;
    const auto step = entry["step"].get<double>();
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_number() || (key != "learning_rate" && key.find("loss") == std::string::npos))
        continue;
      if (!values.count(key)) order.push_back(key);
      values[key][step] = value.get<double>();
    }
  }
  TrainingCurves curves;
  for (const std::string& key : order) {
    TrainingCurves::Curve curve{key, {}, {}};
    for (const auto& [step, value] : values[key]) {
      curve.step.push_back(step);
      curve.value.push_back(value);
    }
    thin(curve);
    if (key == "learning_rate") {
      curves.lr = std::move(curve);
    } else {
      curves.losses.push_back(std::move(curve));
    }
  }
  return curves;
}

}  // namespace mammograft
