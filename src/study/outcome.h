// What an experiment has found: everything that its report says, as numbers.
#pragma once

#include <optional>
#include <vector>

#include "core/json.h"
#include "study/arm_difference.h"
#include "study/arm_group.h"
#include "study/crossing.h"
#include "study/found_by_one.h"
#include "study/learning_curve.h"
#include "study/mean_difference.h"
#include "study/worth.h"

namespace mammograft {

constexpr double kVerdictFppi = 0.5;  // where verdicts are given: chosen before anything was seen

struct StudyOutcome {
  Study study;
  EvaluateResult scored;    // of all trainings that are whole, resamples kept
  size_t verdict_rate = 0;  // index of kVerdictFppi among the options' FPPI
  // The point of the verdict: of those with `real` and another arm the longest and of these the one
  // with the most patients; without such a one the last with any training.
  size_t main_point = 0;
  std::vector<ArmScore> scores;
  std::vector<ArmDifference> differences;
  std::vector<MeanDifference> mean_differences;  // of all points, where there are several
  std::vector<ArmGroup> groups;                  // at the main point
  std::vector<LearningRise> rises;               // of learning curves
  std::vector<Worth> worths;                     // of learning curves
  std::vector<Crossing> crossings;               // of lengths
  std::vector<FoundByOne> found_by_one;

  double level() const { return scored.options.bootstrap.level; }
  const ArmScore* score(size_t arm, size_t point) const;  // null: no training
  // Null: not compared.
  const ArmDifference* difference(size_t arm, size_t against, size_t point,
                                  double fppi = kVerdictFppi) const;
};

// Scores every training as `evaluate` does, with the same options but for its FPPI, to which 0.1,
// 0.25, 0.5, 0.8 and 1 are added, and its power; patients, and the seeds of every arm with several,
// are drawn once for all arms and points. Throws bad_input where there is no training, and as
// evaluate() does.
StudyOutcome judge(const Cohort& truth, Study study, EvaluateOptions options);

// experiment.json (docs/formats.md).
Json outcome_json(const StudyOutcome& outcome);

}  // namespace mammograft
