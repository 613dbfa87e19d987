// The losses and the learning rate of a training, for the page of its evaluation.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/plot.h"

namespace mammograft {

// What a training noted: name -> (step, value), as read_log() gives it.
using LoggedValues = std::vector<std::pair<std::string, std::vector<std::pair<double, double>>>>;

struct TrainingCurves {
  struct Curve {
    std::string name;  // "loss", "loss_mask", "learning_rate"
    std::vector<double> step, value;
  };
  std::vector<Curve> losses;  // names with "loss" in them
  std::optional<Curve> lr;
  bool empty() const { return losses.empty() && !lr; }
};

// By ascending step, one that was noted twice (after a resume) counts once, the last time. A long
// curve is averaged to at most 300 places, each at the last of its steps.
TrainingCurves training_curves(const LoggedValues& log);

std::vector<Plot> training_plots(const TrainingCurves& curves);  // "training", "learning_rate"

}  // namespace mammograft
