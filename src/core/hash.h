// The 64-bit FNV-1a hash: names of random streams, provenance. Not for security.
#pragma once

#include <cstdint>
#include <string_view>

namespace mammograft {

constexpr uint64_t fnv1a(std::string_view bytes) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

}  // namespace mammograft
