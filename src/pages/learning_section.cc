#include "pages/learning_section.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <functional>
#include <set>

#include "pages/arm_tables.h"
#include "pages/numbers.h"

namespace mammograft {
namespace {

constexpr size_t kSentences = 6;    // more are a table
constexpr double kHighestFppi = 2;  // that a reader of mammograms would bear

// Where the curves end high the legend has room below them.
bool ends_high(const Plot& plot) {
  double lowest = 1;
  for (const Series& series : plot.series) lowest = std::min(lowest, series.y.back());
  return lowest > 0.4;
}

// The number of a point that stands on the axis.
using PlacedBy = std::function<double(const StudyPoint&)>;

// A line with a band for each arm, of the points that `shown` keeps.
Plot arms_plot(const StudyOutcome& outcome, const std::string& name, const PlacedBy& place,
               const std::function<bool(const StudyPoint&)>& shown) {
  Plot plot;
  plot.name = name;
  plot.title = short_rule(outcome.scored.options);
  plot.y_label = "share of masses found, 0.5 FPPI";
  plot.log_x = true;
  plot.y_range = {0, 1.01};
  std::set<double> ticks;
  for (size_t arm = 0; arm < outcome.study.arms.size(); ++arm) {
    Series series;
    series.label = outcome.study.arms[arm].name;
    series.color = series_color(arm);
    series.points = true;
    for (const ArmScore& score : outcome.scores) {
      const StudyPoint& point = outcome.study.points[score.point];
      if (score.arm != arm || !shown(point) || !(place(point) > 0)) continue;
      const Estimate& rate = score.rates[outcome.verdict_rate].pooled;
      series.x.push_back(place(point));
      series.y.push_back(rate.value);
      ticks.insert(place(point));
      if (std::isnan(rate.interval.low)) continue;
      series.band_x.push_back(place(point));
      series.low.push_back(rate.interval.low);
      series.high.push_back(rate.interval.high);
    }
    if (!series.x.empty()) plot.series.push_back(std::move(series));
  }
  plot.legend_right = ends_high(plot);
  plot.x_ticks.assign(ticks.begin(), ticks.end());
  if (!ticks.empty()) plot.x_range = {0.9 * *ticks.begin(), 1.1 * *ticks.rbegin()};
  return plot;
}

// In the order of the points: all of them last.
std::vector<int> numbers_of_patients(const StudyOutcome& outcome) {
  std::vector<int> numbers;
  for (const StudyPoint& point : outcome.study.points)
    if (numbers.empty() || numbers.back() != point.patients) numbers.push_back(point.patients);
  return numbers;
}

// NaN: not known, or not among the points.
double masses_of_all(const StudyOutcome& outcome) {
  for (const StudyPoint& point : outcome.study.points)
    if (point.patients == 0 && point.masses > 0) return point.masses;
  return std::nan("");
}

double most_masses(const StudyOutcome& outcome) {
  double most = 0;
  for (const StudyPoint& point : outcome.study.points)
    if (point.masses > most) most = point.masses;
  return most;
}

std::string at_words(const StudyOutcome& outcome, size_t point) {
  const StudyPoint& at = outcome.study.points[point];
  return outcome.study.several_lengths()
             ? fmt::format(" after {:g} {}", at.length, outcome.study.unit)
             : "";
}

void add_plots(const std::vector<Plot>& plots, const std::string& caption, const PlotWriter& draw,
               Section& section) {
  for (const Plot& plot : plots)
    if (!plot.series.empty()) section.blocks.push_back(Figure{plot.name, draw(plot), caption});
}

}  // namespace

std::vector<Plot> learning_plots(const StudyOutcome& outcome) {
  std::set<double> lengths;
  for (const StudyPoint& point : outcome.study.points) lengths.insert(point.length);
  std::vector<Plot> plots;
  for (double length : lengths) {
    Plot plot = arms_plot(
        outcome, lengths.size() > 1 ? fmt::format("learning_{:g}", length) : "learning",
        [](const StudyPoint& point) { return point.masses; },
        [&](const StudyPoint& point) { return point.length == length; });
    plot.x_label = "real masses learnt from, logarithmic";
    if (const double all = masses_of_all(outcome); all > 0)
      plot.x_label += fmt::format("; {:.0f}: all patients", all);
    if (lengths.size() > 1) plot.title += fmt::format("; {:g} {}", length, outcome.study.unit);
    plots.push_back(std::move(plot));
  }
  return plots;
}

std::vector<Plot> length_plots(const StudyOutcome& outcome) {
  const bool several = outcome.study.several_patients();
  const double masses = masses_of_all(outcome);
  std::vector<Plot> plots;
  for (const int patients : numbers_of_patients(outcome)) {
    const std::string name = patients > 0 ? fmt::format("lengths_{}", patients) : "lengths_all";
    Plot plot = arms_plot(
        outcome, several ? name : "lengths", [](const StudyPoint& point) { return point.length; },
        [&](const StudyPoint& point) { return point.patients == patients; });
    plot.x_label = outcome.study.unit + " of a training, logarithmic";
    if (several) plot.title += "; " + patients_words(patients);
    if (several && patients == 0 && masses > 0)
      plot.title += fmt::format(", {:.0f} real masses", masses);
    plots.push_back(std::move(plot));
  }
  return plots;
}

std::string rise_text(const StudyOutcome& outcome, const LearningRise& rise) {
  const Interval& interval = rise.gain.interval;
  std::string text = fmt::format(
      "Without grafts {:.0f} real masses bring {} points over {:.0f} at {:g} false positives per "
      "image",
      rise.most, points(rise.gain.value), rise.fewest, rise.fppi);
  if (outcome.study.several_lengths())
    text += fmt::format(", after {:g} {}", rise.length, outcome.study.unit);
  if (std::isnan(interval.low)) return text + ".";
  text += fmt::format(" ({:g} % interval {} to {}).", 100 * outcome.level(), points(interval.low),
                      points(interval.high));
  if (interval.low > 0 || rise.fppi != kVerdictFppi) return text;
  return text +
         " That more masses help is not shown there, so what grafts are worth in masses says "
         "little.";
}

std::string worth_text(const StudyOutcome& outcome, const Worth& worth) {
  const StudyArm& arm = outcome.study.arms[worth.arm];
  std::string text =
      fmt::format("With {} grafts ({}){} {:.0f} real masses are worth {}", arm.grafts_words(),
                  arm.name, at_words(outcome, worth.point), worth.masses, place_words(worth.value));
  if (worth.has_interval) {
    text += fmt::format(" ({:g} % interval {} to {})", 100 * outcome.level(),
                        place_words(worth.low), place_words(worth.high));
  }
  if (worth.value.side > 0)
    return text + ": more than any number that was tried reaches without grafts.";
  if (worth.value.side < 0) return text + ": without grafts the fewest that were tried find more.";
  if (std::isnan(worth.per_graft)) return text + ".";
  return text + fmt::format(": {} real ones for a graft.",
                            worth.per_graft < 0 ? fmt::format("−{:.2f}", -worth.per_graft)
                                                : fmt::format("{:.2f}", worth.per_graft));
}

std::string crossing_text(const StudyOutcome& outcome, const Crossing& crossing) {
  const std::string &arm = outcome.study.arms[crossing.arm].name,
                    &against = outcome.study.arms[crossing.against].name,
                    &unit = outcome.study.unit;
  std::string text = arm + " and " + against;
  if (outcome.study.several_patients()) text += ", " + patients_words(crossing.patients);
  const std::string ends =
      fmt::format("{} points after {:g} {}, {} after {:g}", points(crossing.gain_first),
                  crossing.first, unit, points(crossing.gain_last), crossing.last);
  if (crossing.lengths.empty()) {
    text += fmt::format(" do not cross between {:g} and {:g} {}: {} against {} {}.", crossing.first,
                        crossing.last, unit, arm, against, ends);
  } else {
    std::vector<std::string> places;
    for (double length : crossing.lengths) places.push_back(fmt::format("{:.0f}", length));
    text += fmt::format(" cross at about {} {}: {} against {} {}.", fmt::join(places, ", "), unit,
                        arm, against, ends);
  }
  if (outcome.scored.options.bootstrap.resamples == 0) return text;
  text += fmt::format(" In {} of the resamples they cross", percent(crossing.crossing_share, 0));
  if (!std::isnan(crossing.interval.low) && !crossing.lengths.empty()) {
    text += fmt::format(", for the last time between {:.0f} and {:.0f} ({:g} % interval)",
                        crossing.interval.low, crossing.interval.high, 100 * outcome.level());
  }
  return text + ".";
}

Section learning_section(const StudyOutcome& outcome, const PlotWriter& draw) {
  Section section{"Learning curve", {}};
  if (!outcome.study.several_patients()) return section;
  add_plots(learning_plots(outcome),
            "TPR at 0.5 false positives per image against the number of real masses learnt from "
            "(mean over folds and seeds); bands: intervals.",
            draw, section);
  for (const LearningRise& rise : outcome.rises) {
    if (rise.fppi >= kVerdictFppi && rise.fppi <= kHighestFppi)
      section.blocks.push_back(Paragraph{rise_text(outcome, rise)});
  }
  if (!outcome.worths.empty()) {
    section.blocks.push_back(Paragraph{fmt::format(
        "What grafts are worth: the number of real masses at which real alone finds as much. Its "
        "curve is made monotone and read between the points, straight over the logarithm of the "
        "number; beyond {:.0f} masses nothing was tried, and nothing is guessed. Interval: the "
        "same "
        "in every resample.",
        most_masses(outcome))});
  }
  if (outcome.worths.size() > kSentences) {
    section.blocks.push_back(TableBlock{worth_rows(outcome), "Grafts in real masses"});
  } else {
    for (const Worth& worth : outcome.worths)
      section.blocks.push_back(Paragraph{worth_text(outcome, worth)});
  }
  return section;
}

Section length_section(const StudyOutcome& outcome, const PlotWriter& draw) {
  Section section{"Length of the training", {}};
  if (!outcome.study.several_lengths()) return section;
  add_plots(length_plots(outcome),
            "TPR at 0.5 false positives per image against the length of the training, each point a "
            "training of its own, or where the plan says along a state on its way; bands: "
            "intervals.",
            draw, section);
  for (const Crossing& crossing : outcome.crossings)
    section.blocks.push_back(Paragraph{crossing_text(outcome, crossing)});
  return section;
}

}  // namespace mammograft
