// Groups of which a share says little.
#pragma once

#include <fmt/format.h>

#include <string>

#include "report/html.h"

namespace mammograft {

inline constexpr int kFewMasses = 20;  // a group with fewer is named

// `groups`: their names, one after the other.
inline Paragraph few_masses_warning(const std::string& groups) {
  return {fmt::format("Groups of fewer than {} masses say little: {}.", kFewMasses, groups), true};
}

}  // namespace mammograft
