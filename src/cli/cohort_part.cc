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

namespace {

Cohort read_joined(const std::vector<std::string>& paths, const std::string& split,
                   const char* option) {
  std::vector<Cohort> parts;
  for (const std::string& path : paths) parts.push_back(read_cohort(path));
  Cohort joined = parts.size() == 1 ? std::move(parts.front()) : merge(parts);
  if (split.empty()) return joined;
  Cohort kept = filter(joined, [&](const ImageRecord& image) { return image.split == split; });
  if (kept.images.empty())
    fail(ErrorKind::usage, "{}: no image of the cohort has the split '{}'", option, split);
  return kept;
}

}  // namespace

Cohort CohortPart::read() const { return read_joined(cohorts, split, "--split"); }

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

void LesionPart::add_to(CLI::App& app, bool with_held_out) {
  app.add_option("--lesions", cohorts,
                 "cohort whose masses are grafted, where that is another than --cohort; may be "
                 "given several times")
      ->type_name("COHORT");
  app.add_option("--lesions-split", split, "only masses of this split of its release");
  if (!with_held_out) return;
  app.add_flag("--held-out", held_out,
               "use the patients of the fold, and nobody else: to assess a blender, never to train "
               "a detector");
}

LesionsAndBackgrounds LesionPart::read(const CohortPart& part) const {
  if (held_out && part.folds.empty())
    fail(ErrorKind::usage, "--held-out: expected --folds and --fold with it");
  if (cohorts.empty() && !split.empty())
    fail(ErrorKind::usage, "--lesions-split: expected --lesions with it");
  const Cohort own = held_out ? part.testing() : part.training();
  if (cohorts.empty()) return {own, own};
  const Cohort others = read_joined(cohorts, split, "--lesions-split");
  if (part.folds.empty()) return {own, others};
  const Folds folds = read_folds(part.folds);
  return {own, filter(others, [&](const ImageRecord& image) {
            const auto found = folds.fold_of.find(image.patient_id);
            return found == folds.fold_of.end() || (found->second == part.fold) == held_out;
          })};
}

}  // namespace mammograft
