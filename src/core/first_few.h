// Names in a message: the first ones, and that there are more.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace mammograft {

inline std::string first_few(const std::vector<std::string>& names, size_t most = 3,
                             const std::string& prefix = {}) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), most); ++i)
    text += (i ? ", " : "") + prefix + names[i];
  return names.size() > most ? text + ", ..." : text;
}

}  // namespace mammograft
