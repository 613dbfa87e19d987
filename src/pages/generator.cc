#include "pages/generator.h"

#include "core/version.h"

namespace mammograft {

std::string generator() { return std::string("mammograft ") + MAMMOGRAFT_VERSION; }

}  // namespace mammograft
