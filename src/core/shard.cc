#include "core/shard.h"

#include <charconv>
#include <cstdint>

#include "core/error.h"
#include "core/hash.h"

namespace mammograft {
namespace {

constexpr int kMostShards = 100000;

// The last step of MurmurHash3: FNV-1a alone spreads short keys that differ in their end unevenly.
uint64_t mixed(uint64_t hash) {
  hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCDu;
  hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53u;
  return hash ^ (hash >> 33);
}

bool read_number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Shard Shard::parse(const std::string& text, const char* option) {
  if (text.empty()) return {};
  Shard shard{0, 0, true};
  const size_t slash = text.find('/');
  const bool read = slash != text.npos &&
                    read_number(std::string_view(text).substr(0, slash), shard.number) &&
                    read_number(std::string_view(text).substr(slash + 1), shard.count);
  if (!read || shard.number < 1 || shard.number > shard.count || shard.count > kMostShards) {
    fail(ErrorKind::usage, "{}: found \"{}\", expected K/N, K from 1 to N, N at most {}", option,
         text, kMostShards);
  }
  return shard;
}

std::string Shard::text() const { return divides ? fmt::format("{}/{}", number, count) : ""; }

bool Shard::holds(std::string_view key) const {
  return mixed(fnv1a(key)) % static_cast<uint64_t>(count) == static_cast<uint64_t>(number - 1);
}

}  // namespace mammograft
