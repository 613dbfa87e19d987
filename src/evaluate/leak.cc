#include "evaluate/leak.h"

#include "cohort/patients.h"
#include "core/error.h"

namespace mammograft {

Leak find_leak(const Cohort& truth, const std::set<int64_t>& searched, const DetectionsMeta& meta) {
  std::set<std::string> patients;
  for (const ImageRecord& image : truth.images) {
    if (!searched.count(image.id)) continue;
    for (const std::string& patient : patients_of(image)) patients.insert(patient);
  }
  Leak leak;
  leak.of = static_cast<int>(patients.size());
  for (const std::string& patient : patients) {
    if (!meta.patients_hashed.contains(patient)) continue;
    if (leak.patients++ == 0) leak.example = patient;
  }
  return leak;
}

void refuse_leak(const Leak& leak, const std::string& name) {
  if (leak.patients == 0) return;
  fail(ErrorKind::bad_input,
       "{}: the model learnt from {} of the {} patients that it would be scored on (for example "
       "{}); --allow-leak scores it all the same",
       name, leak.patients, leak.of, leak.example);
}

}  // namespace mammograft
