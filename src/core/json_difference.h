// In what two JSON values differ, in words.
#pragma once

#include <string>

#include "core/json.h"

namespace mammograft {

// The first difference, objects key by key: "options.patients: found 8, expected 9"; `where` begins
// the text. Empty where they are the same.
std::string difference(const std::string& where, const Json& found, const Json& expected);

}  // namespace mammograft
