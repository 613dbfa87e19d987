// Files that ship with the program (assets/ in the source tree, share/mammograft/assets installed).
#pragma once

#include <filesystem>
#include <string>

namespace mammograft {

// Looked for in $MAMMOGRAFT_ASSETS, beside the installed program, and in the source tree above a
// build. Throws io naming the file and the variable.
std::filesystem::path find_asset(const std::string& name);

}  // namespace mammograft
