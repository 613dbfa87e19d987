#include "pages/assessed_run.h"

namespace mammograft {

std::vector<const AssessedSet*> all_sets(const Assessment& assessment) {
  std::vector<const AssessedSet*> sets = {&assessment.real};
  for (const AssessedSet& set : assessment.sets) sets.push_back(&set);
  return sets;
}

}  // namespace mammograft
