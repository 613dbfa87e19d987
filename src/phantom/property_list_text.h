// Apple's property lists in XML, written.
#pragma once

#include <string>

#include "core/json.h"

namespace mammograft {

// Objects as dict, keys in their order; arrays, text, whole numbers (integer), others (real, six
// decimals), true and false. Null is a defect.
std::string property_list_text(const Json& value);

}  // namespace mammograft
