// Who made a page.
#pragma once

#include <string>

namespace mammograft {

std::string generator();  // "mammograft 0.1.0"

}  // namespace mammograft
