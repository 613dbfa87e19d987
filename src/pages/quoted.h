// What Lin et al., "Breast Mass Detection in Mammograms via Blending Adversarial Learning" (2019),
// report on INbreast.
#pragma once

#include <string>

#include "evaluate/evaluate_options.h"
#include "report/plot.h"

namespace mammograft {

std::string quoted_rate(
    double fppi);            // mean ± deviation of folds, at 0.5 and 0.8 only; else a dash
Series quoted_marks();       // the same two means, for a FROC plot
const char* quoted_order();  // of their methods, a sentence

// What must be the same for the quoted numbers to say anything.
std::string quoted_caution(const EvaluateOptions& options);

}  // namespace mammograft
