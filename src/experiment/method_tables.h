// Which options a method reads. A task is called after the hash of its options: what its method
// does not read, and the plan says for another one, would make the same work anew.
#pragma once

#include <string>

#include "core/json.h"

namespace mammograft {

// Of the options of `train blender` and of `synthesize` those that the method reads: no table of
// another one, and of a synthesis by `vanilla`, which places nothing, the attempts alone.
Json read_by_blender(Json table, const std::string& method);
Json read_by_synthesis(Json table, const std::string& method);

// A table in `table` that another method alone reads; empty: there is none.
std::string table_of_another(const Json& table, const std::string& method);

}  // namespace mammograft
