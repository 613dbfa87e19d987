// The data sets that images are of, by their patients' ids.
#pragma once

#include <set>
#include <string>

#include "cohort/cohort.h"

namespace mammograft {

// "inbreast" of a patient "inbreast/22580"; empty where the id names none.
std::string data_set_of(const ImageRecord& image);

// Throws usage for a name of which data_set_of() could not find ids again: empty, with a "/", or no
// UTF-8. `option`: what gave it.
void check_data_set_name(const std::string& option, const std::string& name);

std::set<std::string> data_sets_of(const Cohort& cohort);

}  // namespace mammograft
