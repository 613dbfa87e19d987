// SHA-256 (FIPS 180-4), for patient ids that must not stand in a model file in plain text.
#pragma once

#include <string>
#include <string_view>

namespace mammograft {

std::string sha256_hex(std::string_view bytes);  // 64 lower-case hexadecimal digits

}  // namespace mammograft
