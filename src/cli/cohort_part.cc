#include "cli/cohort_part.h"

#include "cohort/folds.h"

namespace mammograft {

void CohortPart::add_to(CLI::App& app, bool required) {
  CLI::Option* option =
      app.add_option("--cohort", cohorts, "cohort folder; may be given several times")
          ->type_name("COHORT");
  if (required) option->required();
  app.add_option("--folds", folds, "folds by patient (mammograft split)")->type_name("folds.json");
  app.add_option("--fold", fold, "the fold held out for testing")->type_name("K");
  app.add_option("--split", split, "only images of this split of the release (train, test)");
}

Cohort CohortPart::read() const {
  std::vector<Cohort> parts;
  for (const std::string& path : cohorts) parts.push_back(read_cohort(path));
  Cohort joined = parts.size() == 1 ? std::move(parts.front()) : merge(parts);
  if (split.empty()) return joined;
  Cohort kept = filter(joined, [&](const ImageRecord& image) { return image.split == split; });
  if (kept.images.empty())
    fail(ErrorKind::usage, "--split: no image of the cohort has the split '{}'", split);
  return kept;
}

Cohort CohortPart::training() const {
  if (folds.empty() != (fold < 0))
    fail(ErrorKind::usage, "--folds and --fold: expected both or neither");
  const Cohort cohort = read();
  return folds.empty() ? cohort : train_part(cohort, read_folds(folds), fold);
}

Cohort CohortPart::testing() const {
  if (folds.empty() != (fold < 0))
    fail(ErrorKind::usage, "--folds and --fold: expected both or neither");
  const Cohort cohort = read();
  return folds.empty() ? cohort : test_part(cohort, read_folds(folds), fold);
}

}  // namespace mammograft
