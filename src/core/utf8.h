// Text in UTF-8, which JSON demands and file names need not be.
#pragma once

#include <string>
#include <string_view>

namespace mammograft {

bool is_utf8(std::string_view text);
// Of UTF-8: whether a byte is a character's first, and how many characters there are.
constexpr bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}
size_t characters(std::string_view text);

// `text` with every byte that is not UTF-8 written as \xfc: for messages, and for records of names
// that nobody opens again.
std::string readable(std::string_view text);

}  // namespace mammograft
