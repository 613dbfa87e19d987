// The report of an evaluation: the page, and the files beside it.
#pragma once

#include <filesystem>

#include "pages/evaluation_page.h"

namespace mammograft {

// Writes into `out`: froc.{svg,csv,gp} and, with curves, training.* and learning_rate.*;
// operating_points.csv, groups.csv, curve.csv, figures.csv, differences.csv, folds.csv, masses.csv,
// detections.csv; metrics.json; at the end report.html. Replaces what is there. Throws io, and what
// evaluation_page() throws.
void write_evaluation_report(const EvaluateResult& result, const std::filesystem::path& out,
                             const EvaluationReportOptions& options = {},
                             const EvaluationBackground& background = {});

}  // namespace mammograft
