// Letters of ASCII in one case, as keys and codes are compared.
#pragma once

#include <string>

namespace mammograft {

std::string upper_case(std::string text);
std::string lower_case(std::string text);

}  // namespace mammograft
