#include "pages/calibration_section.h"

#include <fmt/format.h>

#include "evaluate/mark_labels.h"
#include "report/color.h"
#include "stats/reliability.h"

namespace mammograft {
namespace {

Series reliability_series(const SetResult& set, double level) {
  Series series;
  series.label = set.name;
  series.points = true;
  for (const ReliabilityBin& bin : reliability_of(mark_labels(set), 10, level).bins) {
    if (bin.count == 0) continue;
    series.x.push_back(bin.mean_score);
    series.y.push_back(bin.share);
    series.low.push_back(bin.interval.low);
    series.high.push_back(bin.interval.high);
  }
  return series;
}

Series diagonal() {
  Series series;
  series.label = "score = chance";
  series.x = {0, 1};
  series.y = {0, 1};
  series.color = colors::muscle;
  return series;
}

}  // namespace

Plot reliability_plot(const EvaluateResult& result) {
  Plot plot;
  plot.name = "reliability";
  plot.x_label = "score";
  plot.y_label = "share that are masses";
  plot.x_range = {0, 1};
  plot.y_range = {0, 1};
  plot.series.push_back(diagonal());
  for (size_t i = 0; i < result.sets.size(); ++i) {
    plot.series.push_back(reliability_series(result.sets[i], result.options.bootstrap.level));
    plot.series.back().color = series_color(i);
  }
  return plot;
}

Section calibration_section(const EvaluateResult& result, const PlotWriter& draw) {
  const Plot plot = reliability_plot(result);
  Section section{"Scores as chances", {}};
  section.blocks.push_back(
      Figure{plot.name, draw(plot),
             "Share of hits among detections whose scores lie in the same tenth, against their "
             "mean score; the band is Wilson's interval, detections taken as independent."});
  Table table{{{"result", "Result"}, {"error", "Expected calibration error"}}, {}};
  for (const SetResult& set : result.sets)
    table.rows.push_back({set.name, finite_cell(reliability_of(mark_labels(set)).expected_error)});
  section.blocks.push_back(TableBlock{
      std::move(table),
      "mammograft operating-points learns from held-out patients what turns scores into chances"});
  return section;
}

}  // namespace mammograft
