// The patients of an assessment and their folds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "assess/origin_index.h"
#include "cohort/folds.h"

namespace mammograft {

// From whom a mass was made: names, in order, each once. None for an image made from noise.
std::vector<std::string> patients_of(const MassRef& mass, const Provenance& provenance);

// Folds over the patients of the real masses and all others that synthetic masses were made from,
// so that each fold has equally many of the first. Throws bad_input for too few of them.
Folds folds_over(const std::vector<std::string>& with_mass, const std::vector<std::string>& others,
                 int count, uint64_t seed);

// Patients by number. A mass that names none gets a patient of its own, and these go around the
// folds.
class PatientTable {
 public:
  explicit PatientTable(const Folds& folds) : folds_(folds) {}
  // Throws bad_input naming the image of `mass` when a patient is in no fold.
  std::vector<int> add(const MassRef& mass, const std::vector<std::string>& patients);
  const std::vector<int>& fold_of() const { return fold_of_; }  // [patients]
  const std::vector<std::string>& names() const { return names_; }

 private:
  int number_of(const std::string& name, int fold);
  const Folds& folds_;
  std::map<std::string, int> numbers_;
  std::vector<std::string> names_;
  std::vector<int> fold_of_;
  int nameless_ = 0;
};

}  // namespace mammograft
