// The figures of merit of all systems, and what their differences are worth.
#pragma once

#include "evaluate/evaluate.h"
#include "pages/plot_writer.h"
#include "report/html.h"

namespace mammograft {

// A column a system; precision and recall, and the ROC of patients where there are normal ones; the
// paired differences with their tests; notes on what could not be said.
Section figures_section(const EvaluateResult& result, const PlotWriter& draw);

// Cross-validations as papers print them, mean and standard deviation over folds, beside what Lin
// et al. report; without blocks where no result has folds.
Section folds_section(const EvaluateResult& result);

}  // namespace mammograft
