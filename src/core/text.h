// Letters of ASCII in one case and without blanks around them, as keys and codes are compared;
// names that are nearly the same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mammograft {

std::string upper_case(std::string text);
std::string lower_case(std::string text);

// Without the `blanks` at both ends.
std::string trimmed(const std::string& text, std::string_view blanks = " \t\r\n");

// "; did you mean NAME?", the one of fewest changes, and of no more than a third of the letters and
// one. Empty: none is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

}  // namespace mammograft
