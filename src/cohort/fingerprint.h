// Recognises a cohort, so that a continued training cannot silently go on with other data.
#pragma once

#include <string>

#include "cohort/cohort.h"

namespace mammograft {

// Sixteen hexadecimal digits of all that cohort.json says of images and annotations; pixels are not
// read.
std::string fingerprint(const Cohort& cohort);

}  // namespace mammograft
