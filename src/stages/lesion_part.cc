#include "stages/lesion_part.h"

#include "cohort/folds.h"

namespace mammograft {

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
