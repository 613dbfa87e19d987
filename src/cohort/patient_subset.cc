#include "cohort/patient_subset.h"

#include <map>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/rng.h"

namespace mammograft {
namespace {

// Patients of the real images, and whether they have a mass, by their ids.
std::map<std::string, bool> patients_with_mass(const Cohort& cohort) {
  std::map<std::string, bool> with;
  for (const ImageRecord& image : cohort.images) {
    if (image.patient_id.empty())
      fail(ErrorKind::bad_input, "image {} ({}): patient_id: missing, subsets are of patients",
           image.id, image.file_name);
    if (!is_synthetic(image)) with[image.patient_id] |= image.status == Status::mass;
  }
  return with;
}

// Everybody to be learnt from, in fold 1 of two.
Folds all_in_one(const std::map<std::string, bool>& patients, uint64_t seed) {
  Folds folds{2, seed, {}};
  for (const auto& [patient, with] : patients) folds.fold_of[patient] = 1;
  return folds;
}

// All but the first so many.
void hold_out_from(size_t first, const std::vector<std::string>& drawn, int fold, Folds& folds) {
  for (size_t i = first; i < drawn.size(); ++i) folds.fold_of[drawn[i]] = fold;
}

}  // namespace

Folds patient_subset(const Cohort& cohort, const std::optional<Folds>& folds, int fold,
                     int with_mass, uint64_t seed) {
  if (with_mass < 1) fail(ErrorKind::usage, "patients: found {}, expected 1 or more", with_mass);
  const std::map<std::string, bool> patients = patients_with_mass(cohort);
  Folds kept = folds ? *folds : all_in_one(patients, seed);
  std::vector<std::string> drawn;
  for (const auto& [patient, with] : patients) {
    const auto known = kept.fold_of.find(patient);
    if (known == kept.fold_of.end())
      fail(ErrorKind::bad_input, "folds: patient {} is in no fold", patient);
    if (with && known->second != fold) drawn.push_back(patient);
  }
  if (static_cast<size_t>(with_mass) > drawn.size())
    fail(ErrorKind::bad_input, "patients: found {} with a mass to learn from, expected at least {}",
         drawn.size(), with_mass);
  Rng(seed).fork("patient_subset").shuffle(drawn);
  hold_out_from(static_cast<size_t>(with_mass), drawn, fold, kept);
  return kept;
}

Folds lesion_subset(const Cohort& lesions, const Cohort& learnt, Folds kept, int fold,
                    int with_mass, uint64_t seed) {
  const std::map<std::string, bool> own = patients_with_mass(learnt);
  std::vector<std::string> drawn;
  for (const auto& [patient, with] : patients_with_mass(lesions)) {
    const int known = kept.fold_of.try_emplace(patient, (fold + 1) % kept.count).first->second;
    if (with && known != fold && !own.contains(patient)) drawn.push_back(patient);
  }
  if (!drawn.empty() && static_cast<size_t>(with_mass) > drawn.size())
    fail(
        ErrorKind::bad_input,
        "patients: found {} with a mass to graft, beside those to learn from, expected at least {}",
        drawn.size(), with_mass);
  Rng(seed).fork("lesion_subset").shuffle(drawn);
  hold_out_from(static_cast<size_t>(with_mass), drawn, fold, kept);
  return kept;
}

}  // namespace mammograft
