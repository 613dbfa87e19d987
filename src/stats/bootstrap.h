// The bootstrap: statistics of a sample of patients, and of resamples of it. Efron and Tibshirani,
// "An Introduction to the Bootstrap" (1993).
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "stats/bootstrap_options.h"
#include "stats/patient_resampler.h"
#include "stats/resampled.h"
#include "stats/times_block.h"

namespace mammograft {

// Statistics of patients of whom each counts some number of times; always as many of them. NaN:
// this resample says nothing. Called from several threads.
using Statistics = std::function<std::vector<double>(const Times&)>;
using BlockStatistics = std::function<std::vector<double>(const TimesBlock&)>;  // [statistic][lane]

BlockStatistics one_by_one(Statistics statistics);

// [statistics], with a jackknife where options.interval is "bca". `stream` names the random
// numbers: the same seed and stream draw the same patients, on any number of threads. Throws as
// check(options) does, and cancelled.
std::vector<Resampled> bootstrap(const PatientResampler& patients,
                                 const BlockStatistics& statistics, const BootstrapOptions& options,
                                 std::string_view stream);
std::vector<Resampled> bootstrap(const PatientResampler& patients, const Statistics& statistics,
                                 const BootstrapOptions& options, std::string_view stream);

// The statistics without each of at most `groups` groups of patients, in turn: [statistic][group];
// on `threads` threads (0: all cores). The acceleration that BCa takes from them is that of single
// patients: skewness falls with the root of a group's size, and the number of groups with it.
std::vector<std::vector<double>> jackknife(size_t patients, const BlockStatistics& statistics,
                                           size_t groups, int threads);

}  // namespace mammograft
