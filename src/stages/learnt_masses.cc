#include "stages/learnt_masses.h"

#include <set>

namespace mammograft {

int count_learnt_masses(const CohortPart& part, const ValidationOptions& validation,
                        uint64_t seed) {
  const Cohort cohort = split_validation(part.training(), validation, seed).training;
  std::set<int64_t> real;
  for (const ImageRecord& image : cohort.images) {
    if (!is_synthetic(image)) real.insert(image.id);
  }
  int masses = 0;
  for (const Annotation& mass : cohort.annotations)
    masses += !mass.ignore && real.contains(mass.image_id);
  return masses;
}

}  // namespace mammograft
