#include "core/assets.h"

#include <cstdlib>
#include <vector>

#include "core/error.h"
#include "core/executable.h"

namespace mammograft {

std::filesystem::path find_asset(const std::string& name) {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* folder = std::getenv("MAMMOGRAFT_ASSETS")) folders.emplace_back(folder);
  std::error_code ignored;
  const fs::path program = own_executable().parent_path();
  folders.push_back(program / "../share/mammograft/assets");
  fs::path above = program;  // build/libexec -> the source tree
  for (int i = 0; i < 3; ++i) folders.push_back((above = above.parent_path()) / "assets");
  for (const fs::path& folder : folders) {
    if (fs::exists(folder / name, ignored)) return fs::weakly_canonical(folder / name);
  }
  fail(ErrorKind::io,
       "{}: not found beside the program; set MAMMOGRAFT_ASSETS to the folder that holds it", name);
}

}  // namespace mammograft
