#include "report/color.h"

#include <fmt/format.h>

namespace mammograft {

std::string hex(Color color) {
  return fmt::format("#{:02x}{:02x}{:02x}", color.r, color.g, color.b);
}

}  // namespace mammograft
