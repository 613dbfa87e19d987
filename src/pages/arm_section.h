// The arms of an experiment beside each other: FROC, rates, differences, kinds of masses.
#pragma once

#include "pages/plot_writer.h"
#include "report/html.h"
#include "study/outcome.h"

namespace mammograft {

// FROC curves at the main point: all arms, and where these are more than three each by itself
// against `real`.
std::vector<Plot> arm_froc_plots(const StudyOutcome& outcome);

Section arm_froc_section(const StudyOutcome& outcome, const PlotWriter& draw);
// Pooled, over folds beside what Lin et al. report, over seeds; differences to real and to pie.
Section arm_rates_section(const StudyOutcome& outcome);
Section arm_groups_section(const StudyOutcome& outcome);  // no blocks where no groups are known

}  // namespace mammograft
