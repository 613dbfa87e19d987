// The bootstrap: statistics of a sample of patients, and of resamples of it. Efron and Tibshirani,
// "An Introduction to the Bootstrap" (1993).
#pragma once

#include <functional>
#include <limits>
#include <string_view>
#include <vector>

#include "stats/bootstrap_options.h"
#include "stats/patient_resampler.h"

namespace mammograft {

// Statistics of patients of whom each counts some number of times; always as many of them. NaN:
// this resample says nothing.
using Statistics = std::function<std::vector<double>(const Times&)>;

// One statistic. Those of one call of bootstrap() are paired: resamples[b] of all of them come from
// the same patients.
struct Resampled {
  double value = std::numeric_limits<double>::quiet_NaN();  // of the sample, everybody once
  std::vector<double> resamples;                            // [options.resamples]
};

// [statistics]. `stream` names the random numbers: the same seed and stream draw the same patients.
// Throws as check(options) does, and cancelled.
std::vector<Resampled> bootstrap(const PatientResampler& patients, const Statistics& statistics,
                                 const BootstrapOptions& options, std::string_view stream);

}  // namespace mammograft
