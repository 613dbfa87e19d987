// What a synthesis has finished so far, so that a killed one can continue.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

#include "core/json.h"

namespace mammograft {

// OUT/synthesis.jsonl: first the description, then one line for each image that is on disk: its
// number as "image", and what else is to be known of it.
class SynthesisJournal {
 public:
  // Reads the journal of an earlier run, a line cut short left out, or begins one. Usage error when
  // that run was described otherwise.
  SynthesisJournal(const std::filesystem::path& folder, const Json& description);
  Json note(int64_t image) const;             // null where it is not on disk
  void add(int64_t image, const Json& note);  // after the image is on disk; an object
  void remove();

 private:
  void read(const std::string& text, const Json& description);
  std::filesystem::path path_;
  std::map<int64_t, Json> notes_;
};

}  // namespace mammograft
