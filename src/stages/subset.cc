#include "stages/subset.h"

#include <algorithm>

#include "cohort/patient_subset.h"
#include "core/log.h"

namespace mammograft {

std::vector<fs::path> SubsetStage::inputs() const {
  std::vector<fs::path> paths = lesions.inputs(part);
  paths.insert(paths.end(), others.begin(), others.end());
  return paths;
}

Json SubsetStage::options() const {
  Json json = to_json(subset);
  json["part"] = part.selection();
  if (!lesions.cohorts.empty()) json.update(lesions.selection(part));
  return json;
}

void SubsetStage::run(const RunContext& context) {
  std::optional<Folds> folds;
  if (!part.folds.empty()) folds = read_folds(part.folds);
  const int held_out = std::max(0, part.fold);
  const Cohort learnt = read_joined(part.cohorts, part.split, "--split");
  Folds kept = patient_subset(learnt, folds, held_out, subset.patients, context.seed);
  if (!lesions.cohorts.empty()) {
    kept = lesion_subset(read_joined(lesions.cohorts, lesions.split, "--lesions-split"), learnt,
                         std::move(kept), held_out, subset.patients, context.seed);
  }
  for (const std::string& other : others) {
    for (const ImageRecord& image : read_cohort(other).images)
      kept.fold_of.try_emplace(image.patient_id, (held_out + 1) % kept.count);
  }
  write_folds(out, kept);
  log_info(fmt::format("{}: {} patients with a mass to learn from; hold out fold {}", out.string(),
                       subset.patients, held_out));
}

}  // namespace mammograft
