// Confidence intervals of a FROC by resampling patients: images of one patient, and masses seen in
// both views, are not independent. Efron and Tibshirani, "An Introduction to the Bootstrap" (1993),
// chapter 13 (percentile interval); Samuelson et al., Proc. SPIE 6515 (2007), for FROC.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/froc.h"

namespace mammograft {

struct BootstrapOptions {
  int resamples = 2000;
  double level = 0.95;
  int64_t seed = 1;
  template <typename V>
  void fields(V&& v) {
    v("resamples", resamples, "bootstrap resamples of patients; 0: no intervals");
    v("level", level, "confidence level of the intervals");
    v("seed", seed, "seed of the resampling");
  }
};

struct Interval {
  double low = 0, high = 0;
};

// A subset of the masses whose TPR is wanted at the operating points of the whole.
using MassGroup = std::vector<char>;  // [masses], 0 or 1

struct BootstrapResult {
  std::vector<Interval> tpr;                     // [x]: TPR of all masses at FPPI x
  std::vector<std::vector<Interval>> group_tpr;  // [group][x]; NaN where no resample holds a mass
};

// Percentile intervals of the TPR at each of `fppi` (ascending). Patients are drawn with
// replacement; a resample without a mass or without an image to count over is drawn again.
// Everything is NaN when the data hold no mass, or when resamples is 0. Same seed, same result.
// Throws usage for resamples < 0 or a level outside (0, 1).
BootstrapResult bootstrap_tpr(const FrocData& data, const std::vector<double>& fppi,
                              const std::vector<MassGroup>& groups,
                              const BootstrapOptions& options);

// Percentile with linear interpolation between order statistics (numpy's default); `share` in [0,
// 1]. NaN when `values` is empty. Sorts `values`.
double percentile(std::vector<double>& values, double share);

}  // namespace mammograft
