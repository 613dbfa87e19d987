// Text in UTF-8, which JSON demands and file names need not be.
#pragma once

#include <string>
#include <string_view>

namespace mammograft {

bool is_utf8(std::string_view text);
size_t characters(std::string_view text);  // of UTF-8

// `text` with every byte that is not UTF-8 written as \xfc: for messages, and for records of names
// that nobody opens again.
std::string readable(std::string_view text);

}  // namespace mammograft
