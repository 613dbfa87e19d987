// Whether scores can be taken for chances.
#pragma once

#include "evaluate/evaluate.h"
#include "pages/plot_writer.h"
#include "report/html.h"
#include "report/plot.h"

namespace mammograft {

// "reliability": share of hits among detections against their mean score, a line for each result,
// with Wilson's intervals as bands; the diagonal.
Plot reliability_plot(const EvaluateResult& result);

Section calibration_section(const EvaluateResult& result, const PlotWriter& draw);

}  // namespace mammograft
