#include "study/arm_group.h"

#include <algorithm>

namespace mammograft {
namespace {

const SetResult& first_set(const EvaluateResult& scored, const ArmScore& score) {
  return scored.sets[scored.comparison.systems[score.system].sets.front()];
}

}  // namespace

std::vector<ArmGroup> arm_groups(const Study& study, const std::vector<ArmScore>& scores,
                                 const EvaluateResult& scored, size_t point, size_t fppi) {
  std::vector<const ArmScore*> here;
  for (const ArmScore& score : scores)
    if (score.point == point) here.push_back(&score);
  std::vector<ArmGroup> all;
  if (here.empty()) return all;
  const SetResult& first = first_set(scored, *here.front());
  std::erase_if(
      here, [&](const ArmScore* one) { return !on_same_images(first_set(scored, *one), first); });
  const auto baseline = study.arm_of("real");
  const auto real = std::find_if(here.begin(), here.end(), [&](const ArmScore* one) {
    return baseline && one->arm == *baseline;
  });
  for (size_t g = 0; g < first.groups.size(); ++g) {
    for (const ArmScore* score : here) {
      const Resampled& rate = group_rate_of(scored, *score, g, fppi);
      ArmGroup group{score->arm,
                     first.groups[g].by,
                     first.groups[g].group,
                     first.groups[g].masses,
                     estimate_of(rate, scored.options.bootstrap),
                     {}};
      if (real != here.end() && score != *real)
        group.gain =
            estimate_of(rate - group_rate_of(scored, **real, g, fppi), scored.options.bootstrap);
      all.push_back(std::move(group));
    }
  }
  return all;
}

}  // namespace mammograft
