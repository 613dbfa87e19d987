// The FROC of an evaluation: its figure, the rules, operating points and groups of masses.
#pragma once

#include <string>

#include "evaluate/evaluate.h"
#include "pages/plot_writer.h"
#include "report/html.h"

namespace mammograft {

// The rule of matching, of counting and of the intervals, in words.
std::string rule_text(const EvaluateOptions& options);

// The tables are narrower than those of the files: the interval stands beside its value, and of
// more than four operating points only 0.25, 0.5, 1 and 2 FPPI are shown by group.
Section froc_section(const EvaluateResult& result, const PlotWriter& draw);

}  // namespace mammograft
