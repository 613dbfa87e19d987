#include "study/outcome.h"

#include <algorithm>
#include <tuple>

#include "core/error.h"

namespace mammograft {
namespace {

EvaluateOptions options_for(EvaluateOptions options) {
  for (double fppi : {0.1, 0.25, kVerdictFppi, 0.8, 1.0}) options.fppi.push_back(fppi);
  options.power_gain = 0;
  return checked(options);
}

std::vector<SystemRun> runs_of(const Study& study) {
  std::vector<SystemRun> runs;
  for (const StudyTraining& one : study.trainings)
    runs.push_back({system_name(study, one.arm, one.point), one.files});
  return runs;
}

// In the order of points, arms, seeds: whatever order they came in.
void put_in_order(std::vector<StudyTraining>& trainings) {
  const auto key = [](const StudyTraining& one) { return std::tie(one.point, one.arm, one.seed); };
  std::stable_sort(trainings.begin(), trainings.end(),
                   [&](const StudyTraining& a, const StudyTraining& b) { return key(a) < key(b); });
}

// "blend, seed 2" in place of "blend, 25 patients, run 2": legends say of which point they are.
void name_sets(const Study& study, const std::vector<ArmScore>& scores, EvaluateResult& scored) {
  for (const ArmScore& score : scores) {
    const SystemResult& system = scored.comparison.systems[score.system];
    for (size_t i = 0; i < system.sets.size() && i < score.seeds.size(); ++i)
      scored.sets[system.sets[i]].name =
          fmt::format("{}, seed {}", study.arms[score.arm].name, score.seeds[i]);
  }
}

size_t main_point_of(const Study& study, const std::vector<ArmScore>& scores) {
  const auto baseline = study.arm_of("real");
  const auto key = [&](size_t point) {
    bool real = false, other = false;
    for (const ArmScore& one : scores) {
      if (one.point != point) continue;
      (baseline && one.arm == *baseline ? real : other) = true;
    }
    return std::tuple(real && other, real || other, study.points[point].length, point);
  };
  size_t best = 0;
  for (size_t point = 1; point < study.points.size(); ++point)
    if (key(point) > key(best)) best = point;
  return best;
}

}  // namespace

const ArmScore* StudyOutcome::score(size_t arm, size_t point) const {
  return score_at(scores, arm, point);
}

const ArmDifference* StudyOutcome::difference(size_t arm, size_t against, size_t point,
                                              double fppi) const {
  for (const ArmDifference& one : differences) {
    if (one.arm == arm && one.against == against && one.point == point && one.fppi == fppi)
      return &one;
  }
  return nullptr;
}

StudyOutcome judge(const Cohort& truth, Study study, EvaluateOptions options) {
  if (study.trainings.empty())
    fail(ErrorKind::bad_input, "experiment: found no training whose every fold is scored");
  StudyOutcome outcome;
  put_in_order(study.trainings);
  const EvaluateOptions sound = options_for(std::move(options));
  outcome.scored = evaluate(truth, runs_of(study), sound, {contrasts_of(study), true});
  const EvaluateResult& scored = outcome.scored;
  const auto at = std::find(sound.fppi.begin(), sound.fppi.end(), kVerdictFppi);
  outcome.verdict_rate = static_cast<size_t>(at - sound.fppi.begin());
  const size_t rate = outcome.verdict_rate;
  outcome.scores = arm_scores(study, scored);
  name_sets(study, outcome.scores, outcome.scored);
  outcome.main_point = main_point_of(study, outcome.scores);
  outcome.differences = arm_differences(study, outcome.scores, scored);
  outcome.mean_differences = mean_differences(study, outcome.scores, scored);
  outcome.groups = arm_groups(study, outcome.scores, scored, outcome.main_point, rate);
  outcome.rises = learning_rises(study, outcome.scores, scored);
  outcome.worths = worths(study, outcome.scores, scored, rate);
  outcome.crossings = crossings(study, outcome.scores, scored, rate);
  outcome.found_by_one = found_by_one(study, outcome.scores, scored, outcome.main_point, rate);
  for (StudyTraining& one : study.trainings) one.files.clear();  // the sets hold what they found
  outcome.study = std::move(study);
  return outcome;
}

}  // namespace mammograft
