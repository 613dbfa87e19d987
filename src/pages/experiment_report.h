// The report of an experiment: the page, and the files beside it.
#pragma once

#include <filesystem>

#include "pages/experiment_page.h"

namespace mammograft {

// Writes into `out`: froc*.{svg,csv,gp}, where there are such curves learning*.* and lengths*.*;
// arms.csv, groups.csv, costs.csv, with a learning curve worth.csv; experiment.json; at the end
// report.html. Replaces what is there. Throws io, and what experiment_page() throws.
void write_experiment_report(const StudyOutcome& outcome, const std::filesystem::path& out,
                             const EvaluationReportOptions& options = {});

}  // namespace mammograft
