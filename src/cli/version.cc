#include "core/version.h"

#include "cli/command.h"
#include "nn/compute.h"

namespace mammograft {

std::string version_text() {
  set_threads(0);
  return std::string("mammograft ") + MAMMOGRAFT_VERSION + "\n" + compute_description() +
         "\nfor research use only";
}

}  // namespace mammograft
