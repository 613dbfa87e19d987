// One training of a system, as a command line names it: "name=FILE,FILE".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mammograft {

struct SystemFiles {
  std::string system;
  std::vector<std::filesystem::path> files;  // its folds
};

// Throws usage for a text without a name or without a file.
SystemFiles system_files(const std::string& text);

}  // namespace mammograft
