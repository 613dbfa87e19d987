// The figure of an evaluation: FROC curves with their bands.
#pragma once

#include "evaluate/evaluate.h"
#include "report/plot.h"

namespace mammograft {

// "froc": a step curve for each result from 0.05 FPPI on, on a logarithmic axis that ends at the
// most FPPI of all results, but between 1 and 10; a legend where there are several results.
Plot froc_plot(const EvaluateResult& result);

}  // namespace mammograft
