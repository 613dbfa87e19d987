// Which breast an image shows, as tables and other programs write it.
#pragma once

#include <string>

namespace mammograft {

// "L" or "R" of that letter or "left", "right" in any case; "" of nothing. Throws bad_input naming
// `where` for anything else.
std::string laterality_from(const std::string& text, const std::string& where);

}  // namespace mammograft
