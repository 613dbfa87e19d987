#include "cohort/patients.h"

namespace mammograft {
namespace {

void collect(const JsonView& info, PatientSet& patients) {
  if (PatientSet::is_in(info)) patients.merge(PatientSet::from_json(info));
  if (!info.has("merged")) return;
  const JsonView merged = info.at("merged");
  for (size_t i = 0; merged.json().is_array() && i < merged.size(); ++i)
    collect(merged.at(i), patients);
}

}  // namespace

std::vector<std::string> patients_of(const ImageRecord& image) {
  std::set<std::string> patients = {image.patient_id};
  if (image.source && image.source->background)
    patients.insert(image.source->background->patient_id);
  if (image.source && image.source->lesion) patients.insert(image.source->lesion->patient_id);
  patients.erase("");
  return {patients.begin(), patients.end()};
}

PatientSet learnt_from(const Cohort& cohort) {
  PatientSet patients;
  collect(JsonView(cohort.info, cohort.folder.string() + ": info"), patients);
  return patients;
}

PatientSet patients_behind(const Cohort& cohort, const std::set<int64_t>& image_ids) {
  PatientSet patients = learnt_from(cohort);
  for (const ImageRecord& image : cohort.images) {
    if (image_ids.contains(image.id)) patients.merge(PatientSet::of(patients_of(image)));
  }
  return patients;
}

}  // namespace mammograft
