// How an arm scores at a point of its experiment.
#pragma once

#include <vector>

#include "evaluate/evaluate.h"
#include "stats/mean_deviation.h"
#include "study/study.h"

namespace mammograft {

struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  Interval interval{std::numeric_limits<double>::quiet_NaN(),
                    std::numeric_limits<double>::quiet_NaN()};
};

// The share of masses found at a number of false positives per image.
struct ArmRate {
  double fppi = 0;
  Estimate pooled;              // folds as one result, mean over the seeds
  std::vector<double> of_fold;  // each scored by itself, mean over the seeds; none: no folds
  MeanDeviation folds;          // of these
  std::vector<double> of_seed;  // pooled
  MeanDeviation seeds;          // of these
};

struct ArmScore {
  size_t arm = 0, point = 0;   // indices of the study
  size_t system = 0;           // of the evaluation's comparison
  std::vector<int64_t> seeds;  // trained with
  std::vector<ArmRate> rates;  // [the options' FPPI]
  std::vector<double> curve_fppi;
  std::vector<Estimate> curve;  // [curve_fppi], mean over the seeds
};

// Of every arm and point that has a training, by point, then arm. `scored`: with kept resamples,
// its systems called as system_name() does.
std::vector<ArmScore> arm_scores(const Study& study, const EvaluateResult& scored);

// Of an arm at a point; null: it has no training there.
const ArmScore* score_at(const std::vector<ArmScore>& scores, size_t arm, size_t point);

// "blend", or where there are several points "blend, 50 patients".
std::string system_name(const Study& study, size_t arm, size_t point);

// One statistic of a system's kept resamples.
const Resampled& rate_of(const EvaluateResult& scored, const ArmScore& score, size_t fppi);
const Resampled& group_rate_of(const EvaluateResult& scored, const ArmScore& score, size_t group,
                               size_t fppi);
Estimate estimate_of(const Resampled& statistic, const BootstrapOptions& options);

}  // namespace mammograft
