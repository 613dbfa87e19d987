#include "core/executable.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace mammograft {

std::filesystem::path own_executable() {
  std::error_code unknown;
  return std::filesystem::read_symlink("/proc/self/exe", unknown);
}

std::string find_executable(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string file = (folder.empty() ? "." : folder) + "/" + name;
    std::error_code none;
    if (::access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, none))
      return file;
  }
  return {};
}

}  // namespace mammograft
