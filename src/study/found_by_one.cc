#include "study/found_by_one.h"

#include <algorithm>

namespace mammograft {
namespace {

std::vector<char> found_in(const SetResult& set, size_t fppi) {
  return found_at(set.data, set.operating_points[fppi].point.threshold);
}

void add_seed(const SetResult& arm, const SetResult& against, size_t fppi, FoundByOne& sum) {
  const std::vector<char> found = found_in(arm, fppi), others = found_in(against, fppi);
  for (size_t m = 0; m < found.size(); ++m) {
    sum.gained += found[m] && !others[m];
    sum.lost += others[m] && !found[m];
  }
  sum.masses = static_cast<int>(found.size());
}

FoundByOne compared(const ArmScore& arm, const ArmScore& against, const EvaluateResult& scored,
                    size_t fppi) {
  FoundByOne sum;
  sum.arm = arm.arm;
  sum.against = against.arm;
  const auto& systems = scored.comparison.systems;
  for (size_t i = 0; i < arm.seeds.size(); ++i) {
    const auto same = std::find(against.seeds.begin(), against.seeds.end(), arm.seeds[i]);
    if (same == against.seeds.end()) continue;
    const size_t j = static_cast<size_t>(same - against.seeds.begin());
    const size_t set = systems[arm.system].sets[i], other = systems[against.system].sets[j];
    if (sum.seeds++ == 0) {
      sum.set = set;
      sum.set_against = other;
      sum.seed = arm.seeds[i];
    }
    add_seed(scored.sets[set], scored.sets[other], fppi, sum);
  }
  sum.gained /= std::max(1, sum.seeds);
  sum.lost /= std::max(1, sum.seeds);
  return sum;
}

}  // namespace

std::vector<FoundByOne> found_by_one(const Study& study, const std::vector<ArmScore>& scores,
                                     const EvaluateResult& scored, size_t point, size_t fppi) {
  std::vector<FoundByOne> all;
  const auto baseline = study.arm_of("real");
  const ArmScore* against = baseline ? score_at(scores, *baseline, point) : nullptr;
  if (against == nullptr) return all;
  for (const ArmScore& arm : scores) {
    if (arm.point != point || arm.arm == *baseline) continue;
    const FoundByOne sum = compared(arm, *against, scored, fppi);
    const bool same_images =
        sum.seeds > 0 && on_same_images(scored.sets[sum.set], scored.sets[sum.set_against]);
    if (same_images) all.push_back(sum);
  }
  return all;
}

}  // namespace mammograft
