#include "stages/cohort_part.h"

#include "cohort/folds.h"

namespace mammograft {

Cohort read_joined(const std::vector<std::string>& cohorts, const std::string& split,
                   const std::string& option) {
  std::vector<Cohort> parts;
  for (const std::string& path : cohorts) parts.push_back(read_cohort(path));
  Cohort joined = parts.size() == 1 ? std::move(parts.front()) : merge(parts);
  if (split.empty()) return joined;
  Cohort kept = filter(joined, [&](const ImageRecord& image) {
    return image.split == split || (is_synthetic(image) && image.split.empty());
  });
  if (kept.images.empty())
    fail(ErrorKind::usage, "{}: no image of the cohort has the split '{}'", option, split);
  return kept;
}

void CohortPart::check() const {
  if (folds.empty() != (fold < 0))
    fail(ErrorKind::usage, "--folds and --fold: expected both or neither");
}

Cohort CohortPart::training() const {
  check();
  const Cohort cohort = read_joined(cohorts, split, "--split");
  return folds.empty() ? cohort : train_part(cohort, read_folds(folds), fold);
}

Cohort CohortPart::testing() const {
  check();
  const Cohort cohort = read_joined(cohorts, split, "--split");
  return folds.empty() ? cohort : test_part(cohort, read_folds(folds), fold);
}

std::vector<std::filesystem::path> CohortPart::inputs() const {
  std::vector<std::filesystem::path> paths(cohorts.begin(), cohorts.end());
  if (!folds.empty()) paths.emplace_back(folds);
  return paths;
}

void refuse_held_out(const PatientSet& learnt, const std::filesystem::path& model,
                     const CohortPart& part) {
  if (part.folds.empty()) return;
  const std::string patient = held_out_in(learnt, read_folds(part.folds), part.fold);
  if (patient.empty()) return;
  fail(ErrorKind::bad_input,
       "{}: learnt from patient {}, who is held out in fold {}; expected a model trained for this "
       "fold",
       model.string(), patient, part.fold);
}

Json CohortPart::selection() const { return {{"fold", fold}, {"split", split}}; }

}  // namespace mammograft
