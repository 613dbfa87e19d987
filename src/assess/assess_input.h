// What is assessed: real masses, and sets of synthetic ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assess/windows.h"
#include "cohort/cohort.h"
#include "cohort/folds.h"

namespace mammograft {

// Key of an annotation's attributes: what a detector that never saw the patients gave the mass.
inline constexpr const char* kDetectorScore = "detector_score";

struct SyntheticSet {
  std::string name;  // empty: the method that its images name
  Cohort cohort;
};

// Its name, or the method of its first image. Throws bad_input where that has no provenance.
std::string set_name(const SyntheticSet& set);

struct AssessInput {
  std::vector<Cohort> real;
  std::vector<SyntheticSet> synthetic;
  std::vector<Cohort> lesions, backgrounds;  // where sources lie that `real` does not hold
  std::optional<Folds> folds;                // none: made from all patients
};

// masses_of() a cohort. Throws bad_input where it has none.
std::vector<MassRef> some_masses_of(const Cohort& cohort);

// What a synthetic image was made from. Throws bad_input where that is missing.
const Provenance& provenance_of(const Cohort& cohort, const ImageRecord& image);

}  // namespace mammograft
