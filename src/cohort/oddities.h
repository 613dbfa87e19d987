// What in a cohort deserves a look: mistakes of the release, of the importer, of the breast mask.
#pragma once

#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

// One kind of thing that deserves a look.
struct Oddity {
  std::string what;  // "findings that leave the breast by more than a quarter"
  int count = 0;
  std::vector<std::string> examples;  // file names, at most 5
};

// From the records alone; pixels are not touched. Kinds in a fixed order, those without a case left
// out.
std::vector<Oddity> find_oddities(const Cohort& cohort);

}  // namespace mammograft
