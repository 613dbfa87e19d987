#include "study/learning_curve.h"

#include <algorithm>
#include <set>

namespace mammograft {

std::vector<const ArmScore*> learning_curve(const Study& study, const std::vector<ArmScore>& scores,
                                            size_t arm, double length) {
  std::vector<const ArmScore*> curve;
  for (const ArmScore& one : scores) {
    const StudyPoint& point = study.points[one.point];
    if (one.arm == arm && point.length == length && point.masses > 0) curve.push_back(&one);
  }
  std::stable_sort(curve.begin(), curve.end(), [&](const ArmScore* a, const ArmScore* b) {
    return study.points[a->point].masses < study.points[b->point].masses;
  });
  return curve;
}

std::vector<LearningRise> learning_rises(const Study& study, const std::vector<ArmScore>& scores,
                                         const EvaluateResult& scored) {
  std::vector<LearningRise> rises;
  const auto real = study.arm_of("real");
  if (!real || !study.several_patients()) return rises;
  std::set<double> lengths;
  for (const StudyPoint& point : study.points) lengths.insert(point.length);
  for (const double length : lengths) {
    const std::vector<const ArmScore*> curve = learning_curve(study, scores, *real, length);
    if (curve.size() < 2) continue;
    const ArmScore &fewest = *curve.front(), &most = *curve.back();
    for (size_t x = 0; x < scored.options.fppi.size(); ++x) {
      const Resampled gain = rate_of(scored, most, x) - rate_of(scored, fewest, x);
      rises.push_back({length, study.points[fewest.point].masses, study.points[most.point].masses,
                       scored.options.fppi[x], estimate_of(gain, scored.options.bootstrap)});
    }
  }
  return rises;
}

}  // namespace mammograft
