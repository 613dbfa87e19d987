// Patients by another name.
#pragma once

#include <filesystem>
#include <string>

#include "core/options.h"

namespace mammograft {

struct PseudonymOptions {
  std::string identifiers = "hash";
  std::string pseudonym_key;
  template <typename V>
  void fields(V&& v) {
    v.choice(
        "identifiers", identifiers, {"hash", "keep"},
        "patients and images by codes that only the key reproduces, or as the files name them");
    v("pseudonym_key", pseudonym_key,
      "file with the secret key of the codes, made where it is not there; empty: "
      "~/.config/mammograft/pseudonym.key");
  }
};

// HMAC-SHA-256 under a key of the user's: the same patient is called the same in every import with
// that key, and nobody without it can try all the ids that there are.
class Pseudonyms {
 public:
  // Throws io for a key that cannot be read or made, bad_input for one of less than 16 bytes; usage
  // for one that is not there and must not be made (several machines would make several).
  explicit Pseudonyms(const PseudonymOptions& options, bool makes_key = true);
  std::string of(const std::string& identifier) const;  // 16 hexadecimal digits; or as it is
  bool keeps() const { return key_.empty(); }
  std::string check() const;  // the same of one key, another of another; empty without one

 private:
  std::string key_;  // empty: identifiers are kept
};

}  // namespace mammograft
