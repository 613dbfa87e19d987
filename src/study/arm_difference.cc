#include "study/arm_difference.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "stats/normal.h"
#include "stats/permutation.h"

namespace mammograft {
namespace {

constexpr double kPower = 0.8;

// Arms with a training, at a point.
std::set<size_t> arms_at(const Study& study, size_t point) {
  std::set<size_t> arms;
  for (const StudyTraining& one : study.trainings)
    if (one.point == point) arms.insert(one.arm);
  return arms;
}

// real and pie, in this order; whom to compare with the second is not asked of the first again.
std::vector<size_t> references_of(const Study& study) {
  std::vector<size_t> references;
  for (const char* method : {"real", "pie"})
    if (const auto arm = study.arm_of(method)) references.push_back(*arm);
  return references;
}

double larger(double a, double b) { return std::isnan(a) || b > a ? b : a; }

const SystemDifference* tested(const EvaluateResult& scored, size_t first, size_t second,
                               const std::string& key) {
  for (const SystemDifference& one : scored.comparison.differences)
    if (one.first == first && one.second == second && one.name.key == key) return &one;
  return nullptr;  // not on the same images
}

// Everything but what the other arms decide.
ArmDifference difference_of(const ArmScore& arm, const ArmScore& against, size_t x,
                            const EvaluateResult& scored, const SystemDifference& test) {
  ArmDifference difference;
  difference.arm = arm.arm;
  difference.against = against.arm;
  difference.point = arm.point;
  difference.fppi = scored.options.fppi[x];
  difference.gain = {test.value, test.interval};
  difference.p_permutation = test.p_permutation;
  difference.p_bootstrap = test.p_bootstrap;
  difference.p = larger(test.p_permutation, test.p_bootstrap);
  // The standard error; correct() makes of it what can be detected.
  const Resampled gain = rate_of(scored, arm, x) - rate_of(scored, against, x);
  difference.detectable = mean_deviation(gain.resamples).deviation;
  return difference;
}

using Family = std::tuple<size_t, size_t, double>;  // point, against, FPPI

void correct(std::vector<ArmDifference>& differences, double level) {
  std::map<Family, std::vector<ArmDifference*>> families;
  for (ArmDifference& one : differences)
    families[{one.point, one.against, one.fppi}].push_back(&one);
  for (const auto& [family, members] : families) {
    std::vector<double> p;
    for (const ArmDifference* one : members) p.push_back(one->p);
    const std::vector<double> corrected = holm(p);
    const double alpha = (1 - level) / static_cast<double>(members.size());
    const double errors = normal_quantile(1 - alpha / 2) + normal_quantile(kPower);
    for (size_t i = 0; i < members.size(); ++i) {
      members[i]->p_holm = corrected[i];
      const double error = members[i]->detectable;
      members[i]->detectable = error > 0 ? errors * error : std::nan("");
    }
  }
}

}  // namespace

std::vector<SystemScope::Contrast> contrasts_of(const Study& study) {
  std::vector<SystemScope::Contrast> contrasts;
  for (size_t point = 0; point < study.points.size(); ++point) {
    const std::set<size_t> present = arms_at(study, point);
    std::set<size_t> before;
    for (size_t against : references_of(study)) {
      before.insert(against);
      if (!present.contains(against)) continue;
      for (size_t arm : present) {
        if (before.contains(arm)) continue;
        contrasts.push_back({system_name(study, arm, point), system_name(study, against, point)});
      }
    }
  }
  return contrasts;
}

std::vector<ArmDifference> arm_differences(const Study& study, const std::vector<ArmScore>& scores,
                                           const EvaluateResult& scored) {
  std::vector<ArmDifference> differences;
  for (size_t point = 0; point < study.points.size(); ++point) {
    for (size_t reference : references_of(study)) {
      const ArmScore* against = score_at(scores, reference, point);
      if (against == nullptr) continue;
      for (const ArmScore& arm : scores) {
        if (arm.point != point) continue;
        for (size_t x = 0; x < scored.options.fppi.size(); ++x) {
          const SystemDifference* test =
              tested(scored, arm.system, against->system,
                     scored.comparison.systems[arm.system].figures[x].name.key);
          if (test != nullptr)
            differences.push_back(difference_of(arm, *against, x, scored, *test));
        }
      }
    }
  }
  correct(differences, scored.options.bootstrap.level);
  return differences;
}

Verdict verdict_of(const Estimate& gain, double p_holm, double level) {
  if (!(p_holm <= 1 - level + 1e-12)) return Verdict::not_shown;
  if (gain.interval.low > 0) return Verdict::helps;
  return gain.interval.high < 0 ? Verdict::harms : Verdict::not_shown;
}

Verdict verdict_of(const ArmDifference& difference, double level) {
  return verdict_of(difference.gain, difference.p_holm, level);
}

}  // namespace mammograft
