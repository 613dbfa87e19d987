#include "study/mean_difference.h"

#include <map>

#include "stats/permutation.h"

namespace mammograft {
namespace {

MeanDifference mean_over(const std::vector<size_t>& points, const std::vector<ArmScore>& scores,
                         size_t arm, size_t against, size_t x, const EvaluateResult& scored) {
  std::vector<Resampled> gains;
  for (const size_t point : points) {
    gains.push_back(rate_of(scored, *score_at(scores, arm, point), x) -
                    rate_of(scored, *score_at(scores, against, point), x));
  }
  MeanDifference mean;
  mean.arm = arm;
  mean.against = against;
  mean.points = points;
  mean.fppi = scored.options.fppi[x];
  const Resampled gain = mean_of(gains);
  mean.gain = estimate_of(gain, scored.options.bootstrap);
  mean.p = bootstrap_p(gain);
  for (const Resampled& one : gains) mean.gains_at += one.value > 0 ? 1 : 0;
  return mean;
}

void correct_over_arms(std::vector<MeanDifference>& differences) {
  std::map<double, std::vector<MeanDifference*>> families;
  for (MeanDifference& one : differences) families[one.fppi].push_back(&one);
  for (const auto& [fppi, members] : families) {
    std::vector<double> p;
    for (const MeanDifference* one : members) p.push_back(one->p);
    const std::vector<double> corrected = holm(p);
    for (size_t i = 0; i < members.size(); ++i) members[i]->p_holm = corrected[i];
  }
}

}  // namespace

std::vector<MeanDifference> mean_differences(const Study& study,
                                             const std::vector<ArmScore>& scores,
                                             const EvaluateResult& scored) {
  std::vector<MeanDifference> differences;
  const auto real = study.arm_of("real");
  if (!real) return differences;
  for (size_t arm = 0; arm < study.arms.size(); ++arm) {
    if (arm == *real) continue;
    std::vector<size_t> points;
    for (size_t point = 0; point < study.points.size(); ++point) {
      if (score_at(scores, arm, point) != nullptr && score_at(scores, *real, point) != nullptr)
        points.push_back(point);
    }
    if (points.size() < 2) continue;
    for (size_t x = 0; x < scored.options.fppi.size(); ++x)
      differences.push_back(mean_over(points, scores, arm, *real, x, scored));
  }
  correct_over_arms(differences);
  return differences;
}

}  // namespace mammograft
