// Tables of options, as plans and configuration files hold them, as a command line.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"
#include "core/options.h"

namespace mammograft {

// {"data": {"grid_mm": 0.4}, "jitter": {"enabled": false}} becomes --data-grid-mm=0.4,
// --no-jitter-enabled; by name, so that the order in a file does not matter. Throws bad_input
// naming `where` and the key, for an option that is none of `fields` or cannot have that value.
std::vector<std::string> option_flags(const Json& table, const std::string& where,
                                      const std::vector<OptionField>& fields);

// `more` over `base`, table by table.
Json overridden(Json base, const Json& more);

}  // namespace mammograft
