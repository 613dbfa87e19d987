// Apple's property lists in XML, as OsiriX writes the outlines that somebody drew.
#pragma once

#include <filesystem>

#include "core/json.h"

namespace mammograft {

// dict: an object; array; string; integer; real: a number, which may be NaN or infinite; true and
// false; date and data (Base64 without blanks): text. Read with expat, which knows UTF-8, UTF-16,
// ISO-8859-1 and ASCII. Throws io, or bad_input naming file and line: no property list (or one in
// the binary form), not well-formed XML, a dict whose keys and values do not alternate or that has
// a key twice, a number that is none, more than 64 MB, more than 64 levels, any entity but the five
// of XML (none is ever expanded).
Json read_property_list(const std::filesystem::path& path);

}  // namespace mammograft
