// SHA-256 (FIPS 180-4) and HMAC (RFC 2104), for patient ids that must not stand in plain text.
#pragma once

#include <string>
#include <string_view>

namespace mammograft {

std::string sha256_hex(std::string_view bytes);  // 64 lower-case hexadecimal digits

// The code of `bytes` under a secret key, which nobody finds by hashing all the ids that there are.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);

}  // namespace mammograft
