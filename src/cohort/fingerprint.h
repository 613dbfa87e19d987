// Recognises a cohort, so that a continued training cannot silently go on with other data.
#pragma once

#include <string>

#include "cohort/cohort.h"

namespace mammograft {

// Sixteen hexadecimal digits of the images' names, patients, sizes and status, and of the
// annotations' boxes. Pixels and outlines are not read.
std::string fingerprint(const Cohort& cohort);

}  // namespace mammograft
