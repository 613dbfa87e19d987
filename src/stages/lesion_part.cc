#include "stages/lesion_part.h"

#include <fmt/ranges.h>

#include <set>

#include "cohort/data_set.h"
#include "cohort/folds.h"
#include "core/log.h"

namespace mammograft {

void warn_of_devices(const LesionsAndBackgrounds& cohorts, const IntensityOptions& intensity,
                     const std::string& flag) {
  std::set<std::string> names = data_sets_of(cohorts.backgrounds);
  names.merge(data_sets_of(cohorts.lesions));
  names.erase("");  // of these nobody knows
  if (intensity.range != "full" || names.size() < 2) return;
  log_warning(
      fmt::format("grey levels of {} are compared as they are; where their devices differ, {} "
                  "breast makes one tissue look alike",
                  fmt::join(names, " and "), flag));
}

void LesionPart::check(const CohortPart& part) const {
  part.check();
  if (held_out && part.folds.empty())
    fail(ErrorKind::usage, "--held-out: expected --folds and --fold with it");
  if (cohorts.empty() && !split.empty())
    fail(ErrorKind::usage, "{}-split: expected {} with it", flag, flag);
}

LesionsAndBackgrounds LesionPart::read(const CohortPart& part) const {
  check(part);
  const Cohort own = held_out ? part.testing() : part.training();
  if (cohorts.empty()) return {own, own};
  const Cohort others = read_joined(cohorts, split, flag + "-split");
  if (part.folds.empty()) return {own, others};
  const Folds folds = read_folds(part.folds);
  return {own, filter(others, [&](const ImageRecord& image) {
            const auto found = folds.fold_of.find(image.patient_id);
            return found == folds.fold_of.end() || (found->second == part.fold) == held_out;
          })};
}

std::vector<std::filesystem::path> LesionPart::inputs(const CohortPart& part) const {
  std::vector<std::filesystem::path> paths = part.inputs();
  paths.insert(paths.end(), cohorts.begin(), cohorts.end());
  return paths;
}

Json LesionPart::selection(const CohortPart& part) const {
  return {{"part", part.selection()},
          {"lesions", {{"cohorts", cohorts.size()}, {"split", split}, {"held_out", held_out}}}};
}

}  // namespace mammograft
