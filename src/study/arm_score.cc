#include "study/arm_score.h"

#include <fmt/format.h>

#include <algorithm>

namespace mammograft {
namespace {

const SystemResult* system_called(const EvaluateResult& scored, const std::string& name) {
  const auto& systems = scored.comparison.systems;
  const auto found = std::find_if(systems.begin(), systems.end(),
                                  [&](const SystemResult& one) { return one.name == name; });
  return found == systems.end() || found->figures.empty() ? nullptr : &*found;
}

// [fold], over the runs.
std::vector<double> means_of_folds(const EvaluateResult& scored, const SystemResult& system,
                                   size_t fppi) {
  std::vector<double> means;
  const auto runs = static_cast<double>(system.sets.size());
  for (size_t s : system.sets) {
    const FoldTable& folds = scored.sets[s].folds;
    if (folds.tpr.empty()) return {};
    means.resize(folds.tpr[fppi].size(), 0);
    for (size_t f = 0; f < means.size(); ++f) means[f] += folds.tpr[fppi][f] / runs;
  }
  return means;
}

ArmRate rate_at(const EvaluateResult& scored, const SystemResult& system, size_t fppi) {
  ArmRate rate;
  rate.fppi = scored.options.fppi[fppi];
  rate.pooled = estimate_of(system.drawn[fppi], scored.options.bootstrap);
  rate.of_fold = means_of_folds(scored, system, fppi);
  rate.folds = mean_deviation(rate.of_fold);
  for (size_t s : system.sets)
    rate.of_seed.push_back(scored.sets[s].operating_points[fppi].point.tpr);
  rate.seeds = mean_deviation(rate.of_seed);
  return rate;
}

void add_curve(const EvaluateResult& scored, const SystemResult& system, ArmScore& score) {
  score.curve_fppi = scored.sets[system.sets.front()].band_fppi;
  for (size_t i = 0; i < score.curve_fppi.size(); ++i) {
    score.curve.push_back(
        estimate_of(system.drawn[system.figures.size() + i], scored.options.bootstrap));
  }
}

std::vector<int64_t> seeds_of(const Study& study, size_t arm, size_t point) {
  std::vector<int64_t> seeds;
  for (const StudyTraining& one : study.trainings)
    if (one.arm == arm && one.point == point) seeds.push_back(one.seed);
  return seeds;
}

}  // namespace

const ArmScore* score_at(const std::vector<ArmScore>& scores, size_t arm, size_t point) {
  for (const ArmScore& one : scores)
    if (one.arm == arm && one.point == point) return &one;
  return nullptr;
}

std::string system_name(const Study& study, size_t arm, size_t point) {
  const std::string words = study.words(study.points[point]);
  return study.arms[arm].name + (words.empty() ? "" : ", " + words);
}

Estimate estimate_of(const Resampled& statistic, const BootstrapOptions& options) {
  return {statistic.value, interval_of(statistic, options)};
}

const Resampled& rate_of(const EvaluateResult& scored, const ArmScore& score, size_t fppi) {
  return scored.comparison.systems[score.system].drawn.at(fppi);
}

const Resampled& group_rate_of(const EvaluateResult& scored, const ArmScore& score, size_t group,
                               size_t fppi) {
  const SystemResult& system = scored.comparison.systems[score.system];
  const size_t first = system.figures.size() + score.curve_fppi.size();
  return system.drawn.at(first + group * scored.options.fppi.size() + fppi);
}

std::vector<ArmScore> arm_scores(const Study& study, const EvaluateResult& scored) {
  std::vector<ArmScore> scores;
  for (size_t point = 0; point < study.points.size(); ++point) {
    for (size_t arm = 0; arm < study.arms.size(); ++arm) {
      const SystemResult* system = system_called(scored, system_name(study, arm, point));
      if (system == nullptr) continue;
      ArmScore score;
      score.arm = arm;
      score.point = point;
      score.system = static_cast<size_t>(system - scored.comparison.systems.data());
      score.seeds = seeds_of(study, arm, point);
      for (size_t x = 0; x < scored.options.fppi.size(); ++x)
        score.rates.push_back(rate_at(scored, *system, x));
      add_curve(scored, *system, score);
      scores.push_back(std::move(score));
    }
  }
  return scores;
}

}  // namespace mammograft
