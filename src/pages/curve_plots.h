// Curves of an evaluation beside the FROC: a line for each result.
#pragma once

#include "evaluate/evaluate.h"
#include "report/plot.h"

namespace mammograft {

// "precision_recall": the share of marks that find something against the share that is found, one
// point a score. Marks count as in the FROC.
Plot precision_recall_plot(const EvaluateResult& result);

// "roc": patients by their highest mark.
Plot roc_plot(const EvaluateResult& result);

}  // namespace mammograft
