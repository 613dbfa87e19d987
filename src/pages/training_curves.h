// The losses and the learning rate of a training, for the page of its evaluation.
#pragma once

#include <optional>
#include <vector>

#include "core/training_log.h"
#include "report/plot.h"

namespace mammograft {

struct TrainingCurves {
  std::vector<LogSeries> losses;  // names with "loss" in them
  std::optional<LogSeries> lr;
  bool empty() const { return losses.empty() && !lr; }
};

// Of what a training noted. A long curve is averaged to at most 300 places, each at the last of its
// steps.
TrainingCurves training_curves(const std::vector<LogSeries>& log);

std::vector<Plot> training_plots(const TrainingCurves& curves);  // "training", "learning_rate"

}  // namespace mammograft
