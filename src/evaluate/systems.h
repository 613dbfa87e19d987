// Systems beside each other: figures of merit with intervals, and tests of their differences.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evaluate/evaluate_options.h"
#include "evaluate/set_result.h"
#include "stats/resampled.h"

namespace mammograft {

// One system: its only result, or several trainings of it (seeds), over which figures are averaged.
struct SystemResult {
  std::string name;
  std::vector<size_t> sets;           // its runs
  std::vector<FigureResult> figures;  // means over the runs
  // Where they are kept (SystemScope), the resamples: the figures, the TPR at the sets' band_fppi,
  // then that of each of their groups at every FPPI. Means over the runs, too.
  std::vector<Resampled> drawn = {};
};

// What is wanted of systems beside their figures.
struct SystemScope {
  struct Contrast {
    std::string first, second;  // names of systems
  };
  std::optional<std::vector<Contrast>> contrasts;  // which are compared; none: every two
  bool keep_resamples = false;                     // those of systems on the same images are paired
};

// One figure of two systems on the same images: `first` minus `second`.
struct SystemDifference {
  size_t first = 0, second = 0;  // indices of systems
  FigureName name;
  double value = 0;
  Interval interval;          // bootstrap by patient, and by run where there are several
  double p_bootstrap = 0;     // two-sided
  double p_permutation = 0;   // NaN where the systems have different numbers of runs
  double p_holm = 0;          // of p_permutation, over the pairs of systems
  double p_delong = 0;        // of the AUC by patient of systems with one run; NaN of all else
  bool not_inferior = false;  // the interval lies above -margin; only where a margin is asked for
};

struct SystemComparison {
  std::vector<SystemResult> systems;  // in the order of their first run
  std::vector<SystemDifference> differences;
  std::vector<std::string> notes;  // why something is not compared, or has no interval
};

// Fills the intervals of the sets too: their operating points, groups, bands and figures. Patients
// (and runs) are drawn once for all systems that were searched on the same images. Throws usage for
// a contrast of a system that is not there. Where resamples are kept, sets of the same images must
// have the same band_fppi.
SystemComparison compare_systems(std::vector<SetResult>& sets, const EvaluateOptions& options,
                                 const SystemScope& scope = {});

}  // namespace mammograft
