#include "assess/patients.h"

#include <algorithm>

#include "core/error.h"

namespace mammograft {

std::vector<std::string> patients_of(const MassRef& mass, const Provenance& provenance) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (!name.empty() && !known) names.push_back(name);
  };
  if (provenance.lesion) add(provenance.lesion->patient_id);
  if (provenance.background) add(provenance.background->patient_id);
  if (provenance.lesion || provenance.background) add(mass.image->patient_id);
  return names;
}

Folds folds_over(const std::vector<std::string>& with_mass, const std::vector<std::string>& others,
                 int count, uint64_t seed) {
  Cohort patients;  // make_folds() asks for images; it does not look at them
  const auto add = [&](const std::string& name, Status status) {
    ImageRecord& image = patients.images.emplace_back();
    image.id = static_cast<int64_t>(patients.images.size());
    image.patient_id = name;
    image.status = status;
  };
  for (const std::string& name : with_mass) add(name, Status::mass);
  for (const std::string& name : others) add(name, Status::normal);
  return make_folds(patients, count, seed);
}

int PatientTable::number_of(const std::string& name, int fold) {
  const auto [found, fresh] = numbers_.emplace(name, static_cast<int>(names_.size()));
  if (fresh) {
    names_.push_back(name);
    fold_of_.push_back(fold);
  }
  return found->second;
}

std::vector<int> PatientTable::add(const MassRef& mass, const std::vector<std::string>& patients) {
  std::vector<int> numbers;
  for (const std::string& name : patients) {
    const auto fold = folds_.fold_of.find(name);
    if (fold == folds_.fold_of.end()) {
      fail(ErrorKind::bad_input, "{}: {}: patient {} is in no fold", mass.cohort->folder.string(),
           mass.image->file_name, name);
    }
    numbers.push_back(number_of(name, fold->second));
  }
  if (numbers.empty()) {
    const std::string name = fmt::format("(nobody {})", nameless_ + 1);
    numbers.push_back(number_of(name, nameless_ % folds_.count));
    ++nameless_;
  }
  return numbers;
}

}  // namespace mammograft
