// Templates of pages: mustache in files that a browser can open as they are (assets/README.md).
#pragma once

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

namespace mammograft {

// A tag in an HTML comment, <!--{{#list}}-->, counts like the tag alone. {{name}} is escaped,
// {{{name}}} is not. Throws defect where the template is not valid.
std::string fill(std::string_view source, const kainjow::mustache::data& values);

}  // namespace mammograft
