// One of N parts of some work, for machines that share nothing: --shard K/N.
#pragma once

#include <string>
#include <string_view>

namespace mammograft {

struct Shard {
  int number = 1, count = 1;
  bool divides = false;  // false: nobody asked for a part, it is the whole

  // "2/5"; "" is the whole. Throws usage naming `option`.
  static Shard parse(const std::string& text, const char* option = "shard");
  std::string text() const;  // "2/5"; of the whole ""

  // Whether what goes by this key, a patient or a study, belongs to it. Depends on key and count
  // and on nothing else: one more patient moves nobody, and each is in just one shard.
  bool holds(std::string_view key) const;

  bool operator==(const Shard&) const = default;
};

}  // namespace mammograft
