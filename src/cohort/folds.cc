#include "cohort/folds.h"

#include "cohort/patients.h"
#include "core/error.h"
#include "core/json.h"
#include "core/rng.h"

namespace mammograft {

namespace {

// Deals patients out like cards, starting at fold `first`; returns where the next deal starts, so
// that the folds' sizes differ by one at most.
int deal(const std::vector<std::string>& patients, int first, Folds& folds) {
  for (const std::string& patient : patients) {
    folds.fold_of[patient] = first;
    first = (first + 1) % folds.count;
  }
  return first;
}

int fold_of(const Folds& folds, const ImageRecord& image) {
  const auto found = folds.fold_of.find(image.patient_id);
  if (found == folds.fold_of.end()) {
    fail(
        ErrorKind::bad_input,
        "folds: patient {} of image {} is in no fold: they were made of another cohort (mammograft "
        "split makes new ones)",
        image.patient_id.empty() ? "(without an id)" : image.patient_id, image.file_name);
  }
  return found->second;
}

void check_fold(const Folds& folds, int fold) {
  if (fold < 0 || fold >= folds.count) {
    fail(ErrorKind::usage, "fold: found {}, expected 0 to {}", fold, folds.count - 1);
  }
}

}  // namespace

std::string held_out_in(const PatientSet& learnt, const Folds& folds, int fold) {
  if (learnt.empty()) return {};
  for (const auto& [patient, own] : folds.fold_of) {
    if (own == fold && learnt.contains(patient)) return patient;
  }
  return {};
}

namespace {

// A network that has seen a patient of the fold hands on what it saw; so do grafts placed like his
// mass.
void refuse_tainted(const Cohort& cohort, const Folds& folds, int fold) {
  const std::string patient = held_out_in(learnt_from(cohort), folds, fold);
  if (patient.empty()) return;
  fail(ErrorKind::bad_input,
       "{}: made with what was learnt from patient {}, who is held out in fold {}; make the "
       "synthetic images for this fold",
       cohort.folder.string(), patient, fold);
}

}  // namespace

Folds make_folds(const Cohort& cohort, int count, uint64_t seed) {
  if (count < 2) fail(ErrorKind::usage, "folds: found {}, expected at least 2", count);
  std::map<std::string, bool> has_mass;  // in the order of ids: independent of the images' order
  for (const ImageRecord& image : cohort.images) {
    if (image.patient_id.empty()) {
      fail(ErrorKind::bad_input, "image {} ({}): patient_id: missing, folds are made by patient",
           image.id, image.file_name);
    }
    has_mass[image.patient_id] |= image.status == Status::mass;
  }
  std::vector<std::string> with, without;
  for (const auto& [patient, mass] : has_mass) (mass ? with : without).push_back(patient);
  if (static_cast<int>(has_mass.size()) < count || static_cast<int>(with.size()) < count) {
    fail(ErrorKind::bad_input,
         "folds: found {} patients, {} of them with a mass, expected at least {} with a mass",
         has_mass.size(), with.size(), count);
  }
  const Rng rng(seed);
  Rng rng_with = rng.fork("folds.mass");
  Rng rng_without = rng.fork("folds.rest");
  rng_with.shuffle(with);
  rng_without.shuffle(without);
  Folds folds{count, seed, {}};
  deal(without, deal(with, 0, folds), folds);
  return folds;
}

Folds make_folds(const std::vector<Cohort>& cohorts, int count, uint64_t seed) {
  Folds all{count, seed, {}};
  for (const Cohort& cohort : cohorts) all.fold_of.merge(make_folds(cohort, count, seed).fold_of);
  return all;
}

Folds read_folds(const std::filesystem::path& path) {
  const Json json = read_json(path);
  const JsonView root(json, path.string());
  Folds folds;
  const int64_t count = root.integer("count");
  if (count < 2 || count > 1000000) root.at("count").reject("2 or more");
  folds.count = static_cast<int>(count);
  folds.seed = static_cast<uint64_t>(root.integer("seed"));
  const JsonView table = root.at("fold_of");
  if (!table.json().is_object()) table.reject("an object");
  for (const auto& item : table.json().items()) {
    const JsonView entry = table.at(item.key().c_str());
    const int64_t fold = entry.integer();
    if (fold < 0 || fold >= count) entry.reject(fmt::format("a fold from 0 to {}", count - 1));
    folds.fold_of[item.key()] = static_cast<int>(fold);
  }
  return folds;
}

void write_folds(const std::filesystem::path& path, const Folds& folds) {
  Json json;
  json["count"] = folds.count;
  json["seed"] = static_cast<int64_t>(folds.seed);
  json["fold_of"] = Json::object();
  for (const auto& [patient, fold] : folds.fold_of) json["fold_of"][patient] = fold;
  write_json(path, json);
}

Cohort train_part(const Cohort& cohort, const Folds& folds, int fold) {
  check_fold(folds, fold);
  refuse_tainted(cohort, folds, fold);
  return filter(cohort, [&](const ImageRecord& image) {
    if (!is_synthetic(image)) return fold_of(folds, image) != fold;
    for (const std::string& patient : patients_of(image)) {
      const auto found = folds.fold_of.find(patient);
      if (found != folds.fold_of.end() && found->second == fold) return false;
    }
    return true;
  });
}

Cohort test_part(const Cohort& cohort, const Folds& folds, int fold) {
  check_fold(folds, fold);
  return filter(cohort, [&](const ImageRecord& image) {
    return !is_synthetic(image) && fold_of(folds, image) == fold;
  });
}

}  // namespace mammograft
