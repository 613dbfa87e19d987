// What in a cohort deserves a look: mistakes of the release, of the importer, of the breast mask.
#pragma once

#include <vector>

#include "cohort/summary.h"

namespace mammograft {

// From the records alone; pixels are not touched. Kinds in a fixed order, those without a case left
// out.
std::vector<Oddity> find_oddities(const Cohort& cohort);

}  // namespace mammograft
