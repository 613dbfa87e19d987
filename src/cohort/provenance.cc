#include "cohort/provenance.h"

namespace mammograft {
namespace {

void collect(const Json& info, std::set<std::string>& hashed) {
  if (!info.is_object()) return;
  if (info.contains("learnt_from_hashed") && info["learnt_from_hashed"].is_array()) {
    for (const Json& hash : info["learnt_from_hashed"]) {
      if (hash.is_string()) hashed.insert(hash.get<std::string>());
    }
  }
  if (info.contains("merged") && info["merged"].is_array()) {
    for (const Json& part : info["merged"]) collect(part, hashed);
  }
}

}  // namespace

std::vector<std::string> patients_of(const ImageRecord& image) {
  std::set<std::string> patients = {image.patient_id};
  for (const char* part : {"background", "lesion"}) {
    if (!image.source.is_object() || !image.source.contains(part)) continue;
    const Json& origin = image.source[part];
    if (!origin.is_object() || !origin.contains("patient_id")) continue;
    if (origin["patient_id"].is_string()) {
      patients.insert(origin["patient_id"].get<std::string>());
    }
  }
  patients.erase("");
  return {patients.begin(), patients.end()};
}

std::set<std::string> learnt_from(const Cohort& cohort) {
  std::set<std::string> hashed;
  collect(cohort.info, hashed);
  return hashed;
}

}  // namespace mammograft
