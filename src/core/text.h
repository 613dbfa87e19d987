// Letters of ASCII in one case, as keys and codes are compared; names that are nearly the same.
#pragma once

#include <string>
#include <vector>

namespace mammograft {

std::string upper_case(std::string text);
std::string lower_case(std::string text);

// "; did you mean NAME?", the one of fewest changes, and of no more than a third of the letters and
// one. Empty: none is near.
std::string did_you_mean(const std::string& name, const std::vector<std::string>& names);

}  // namespace mammograft
