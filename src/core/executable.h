// Executables: this one, and those on PATH.
#pragma once

#include <filesystem>
#include <string>

namespace mammograft {

// The file that this process runs; empty where the system does not tell.
std::filesystem::path own_executable();

// Full path of the first of that name; empty when there is none.
std::string find_executable(const std::string& name);

}  // namespace mammograft
