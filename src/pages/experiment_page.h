// The page of an experiment: what study/ found, section by section.
#pragma once

#include "pages/evaluation_page.h"
#include "study/outcome.h"

namespace mammograft {

// Sections: Verdict, FROC, Masses found, Every setting, Learning curve and Length of the training
// (where the plan has several), Kinds of masses, Found by one (of every arm against `real`), Cost,
// Data, Configuration. Reads the images of the gallery; throws io or bad_input where one cannot be
// read.
Page experiment_page(const StudyOutcome& outcome, const EvaluationReportOptions& options,
                     const PlotWriter& draw);

}  // namespace mammograft
