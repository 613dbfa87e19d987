#include "core/assets.h"

#include <cstdlib>
#include <vector>

#include "core/error.h"

namespace mammograft {

std::filesystem::path find_asset(const std::string& name) {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* folder = std::getenv("MAMMOGRAFT_ASSETS")) folders.emplace_back(folder);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  // The program lies in libexec/mammograft, programs of others that use the library in bin.
  folders.push_back(program / "../../share/mammograft/assets");
  folders.push_back(program / "../share/mammograft/assets");
  fs::path above = program;  // build/bin -> the source tree
  for (int i = 0; i < 4; ++i) folders.push_back((above = above.parent_path()) / "assets");
  for (const fs::path& folder : folders) {
    if (fs::exists(folder / name, ignored)) return fs::weakly_canonical(folder / name);
  }
  fail(ErrorKind::io,
       "{}: not found beside the program; set MAMMOGRAFT_ASSETS to the folder that holds it", name);
}

}  // namespace mammograft
