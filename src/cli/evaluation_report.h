// The report of an evaluation: what evaluate/ measured, set out by report/.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/json.h"
#include "evaluate/cases.h"
#include "evaluate/evaluate.h"
#include "report/html.h"
#include "report/plot.h"

namespace mammograft {

// What a training run noted, step by step.
struct TrainingCurves {
  struct Curve {
    std::string name;  // "loss", "loss_mask", "lr"
    std::vector<double> step, value;
  };
  std::vector<Curve> losses;  // keys with "loss" in their name; averaged to at most 300 places
  std::optional<Curve> lr;
  bool empty() const { return losses.empty() && !lr; }
};

// RUN/log.jsonl: one object a line with "step" and numbers; other lines and keys are passed over.
// Steps that were repeated after a resume count once, the last time. Throws io or bad_input (names
// file and line).
TrainingCurves read_training_log(const std::filesystem::path& path);

struct ReportExtras {
  std::string title = "Evaluation of a mass detector";
  std::string generator = "mammograft";  // with its version
  std::optional<Table> cohort_summary;   // as `inspect` prints it
  TrainingCurves training;
  Json configuration = nullptr;  // resolved; null: only the evaluation's options are shown
  int cases = 6;                 // pictures of each kind in the gallery; 0: no gallery
  double gallery_fppi = 0.5;
};

// Writes into `out`: metrics.json; operating_points.csv, groups.csv, curve.csv, masses.csv,
// detections.csv; froc.{svg,csv,gp} and, with curves, training.* and learning_rate.*; at the end
// report.html. Replaces what is there. Where the truth has no pixels the page says so instead of
// the gallery. Throws io.
void write_evaluation_report(const EvaluateResult& result, const std::filesystem::path& out,
                             const ReportExtras& extras = {});

// The parts, for pages of another make-up.
Plot froc_plot(const EvaluateResult& result);
std::vector<Plot> training_plots(const TrainingCurves& curves);
Table operating_table(const EvaluateResult& result);  // a row for each result and FPPI
Table group_table(const EvaluateResult& result);
Table curve_table(const EvaluateResult& result);
Table mass_table(const EvaluateResult& result);       // every true mass: found at which score
Table detection_table(const EvaluateResult& result);  // every detection and what became of it
std::vector<Block> gallery_blocks(const SetResult& set, int cases, double fppi);
Section froc_section(const EvaluateResult& result, const std::filesystem::path& figures);
std::vector<Headline> headlines(const SetResult& set, double fppi = 0.5);
std::string with_interval(double value, const Interval& interval);  // "0.812 (0.741-0.874)"

}  // namespace mammograft
