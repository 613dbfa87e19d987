// Executables on PATH.
#pragma once

#include <string>

namespace mammograft {

// Full path of the first of that name; empty when there is none.
std::string find_executable(const std::string& name);

}  // namespace mammograft
