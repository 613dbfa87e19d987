// Confidence intervals of a FROC by resampling patients: images of one patient, and masses seen in
// both views, are not independent. Samuelson et al., Proc. SPIE 6515 (2007).
#pragma once

#include <vector>

#include "evaluate/froc.h"
#include "stats/bootstrap_options.h"
#include "stats/interval.h"

namespace mammograft {

// A subset of the masses whose TPR is wanted at the operating points of the whole.
using MassGroup = std::vector<char>;  // [masses], 0 or 1

struct TprIntervals {
  std::vector<Interval> tpr;                     // [x]: TPR of all masses at FPPI x
  std::vector<std::vector<Interval>> group_tpr;  // [group][x]; NaN where no resample holds a mass
};

// Percentile intervals of the TPR at each of `fppi` (ascending). Patients are drawn with
// replacement; a resample without a mass or without an image to count over is drawn again.
// Everything is NaN when the data hold no mass, or when resamples is 0. Same seed, same result.
// Throws usage for resamples < 0 or a level outside (0, 1).
TprIntervals bootstrap_tpr(const FrocData& data, const std::vector<double>& fppi,
                           const std::vector<MassGroup>& groups, const BootstrapOptions& options);

}  // namespace mammograft
