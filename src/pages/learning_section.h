// How the arms of an experiment grow with the number of real masses, and with the length of the
// training.
#pragma once

#include "pages/plot_writer.h"
#include "report/html.h"
#include "study/outcome.h"

namespace mammograft {

// For each length of training a plot of the TPR over the number of real masses learnt from; what
// grafts are worth in real masses. No blocks where the plan has one number of patients.
Section learning_section(const StudyOutcome& outcome, const PlotWriter& draw);
// For each number of patients a plot of the TPR over the length; where curves cross. No blocks
// where the plan has one length.
Section length_section(const StudyOutcome& outcome, const PlotWriter& draw);

std::vector<Plot> learning_plots(const StudyOutcome& outcome);
std::vector<Plot> length_plots(const StudyOutcome& outcome);
std::string rise_text(const StudyOutcome& outcome, const LearningRise& rise);
std::string worth_text(const StudyOutcome& outcome, const Worth& worth);
std::string crossing_text(const StudyOutcome& outcome, const Crossing& crossing);

}  // namespace mammograft
