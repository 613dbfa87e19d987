// How many masses an arm finds against how many real ones it learns from.
#pragma once

#include <vector>

#include "study/arm_score.h"

namespace mammograft {

// The scores of one arm after one length of training, by rising number of real masses.
std::vector<const ArmScore*> learning_curve(const Study& study, const std::vector<ArmScore>& scores,
                                            size_t arm, double length);

// What real masses bring by themselves: `real` with the most of them less `real` with the fewest.
struct LearningRise {
  double length = 0;  // of the trainings, as StudyPoint has it
  double fewest = 0, most = 0;
  double fppi = 0;
  Estimate gain;  // of the TPR
};

// By length, then FPPI: of every length at which `real` has two points or more.
std::vector<LearningRise> learning_rises(const Study& study, const std::vector<ArmScore>& scores,
                                         const EvaluateResult& scored);

}  // namespace mammograft
