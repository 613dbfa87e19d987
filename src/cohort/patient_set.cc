#include "cohort/patient_set.h"

#include "core/sha256.h"

namespace mammograft {
namespace {

// What we write, then what we wrote.
constexpr const char* kNames[] = {PatientSet::kKey, "trained_on_hashed", "learnt_from_hashed"};

}  // namespace

std::string hash_patient(const std::string& patient_id) {
  return sha256_hex("mammograft patient " + patient_id).substr(0, 32);
}

PatientSet PatientSet::of(const std::vector<std::string>& patient_ids) {
  PatientSet patients;
  for (const std::string& patient : patient_ids) patients.insert(patient);
  return patients;
}

void PatientSet::insert(const std::string& patient_id) {
  if (!patient_id.empty()) hashes_.insert(hash_patient(patient_id));
}

void PatientSet::merge(const PatientSet& other) {
  hashes_.insert(other.hashes_.begin(), other.hashes_.end());
}

bool PatientSet::contains(const std::string& patient_id) const {
  return !patient_id.empty() && hashes_.contains(hash_patient(patient_id));
}

Json PatientSet::to_json() const { return Json(hashes_); }

bool PatientSet::is_in(const JsonView& object) {
  for (const char* name : kNames) {
    if (object.has(name)) return true;
  }
  return false;
}

PatientSet PatientSet::from_json(const JsonView& object) {
  if (!is_in(object)) object.at(kKey).reject("a list of hashed patients");
  PatientSet patients;
  for (const char* name : kNames) {
    if (!object.has(name)) continue;
    const JsonView list = object.at(name);
    for (size_t i = 0; i < list.size(); ++i) patients.insert_hashed(list.at(i).string());
  }
  return patients;
}

}  // namespace mammograft
