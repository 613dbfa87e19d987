// The data sets that images are of, by their patients' ids.
#pragma once

#include <set>
#include <string>

#include "cohort/cohort.h"

namespace mammograft {

// "inbreast" of a patient "inbreast/22580"; empty where the id names none.
std::string data_set_of(const ImageRecord& image);

std::set<std::string> data_sets_of(const Cohort& cohort);

}  // namespace mammograft
