// Patients by the hashes of their ids. Models, and what is made with them, carry those of everybody
// from whom they learnt (docs/formats.md): whoever has a patient's id can ask whether that patient
// is among them, the file itself names nobody.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/json.h"

namespace mammograft {

std::string hash_patient(const std::string& patient_id);

class PatientSet {
 public:
  // The list's key in every file that we write.
  static constexpr const char* kKey = "patients_hashed";

  static PatientSet of(const std::vector<std::string>& patient_ids);

  // An empty id is nobody's: it is not inserted, and no set contains it.
  void insert(const std::string& patient_id);
  void insert_hashed(const std::string& hash) { hashes_.insert(hash); }
  void merge(const PatientSet& other);

  bool contains(const std::string& patient_id) const;
  bool empty() const { return hashes_.empty(); }
  size_t size() const { return hashes_.size(); }

  // Over the hashes, sorted.
  auto begin() const { return hashes_.begin(); }
  auto end() const { return hashes_.end(); }

  bool operator==(const PatientSet&) const = default;

  Json to_json() const;  // the sorted hashes
  // The list in `object`, under kKey or under a name that it had in older files (in detections'
  // meta `trained_on_hashed`, in a cohort's info `learnt_from_hashed`). bad_input: no list, or one
  // of something else than texts.
  static PatientSet from_json(const JsonView& object);
  static bool is_in(const JsonView& object);

 private:
  std::set<std::string> hashes_;
};

}  // namespace mammograft
