// What a synthesis has finished so far, so that a killed one can continue.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>

#include "core/json.h"

namespace mammograft {

// OUT/synthesis.jsonl: first the description, then one line for each image that is on disk.
class SynthesisJournal {
 public:
  // Reads the journal of an earlier run, a line cut short left out, or begins one. Usage error when
  // that run was described otherwise.
  SynthesisJournal(const std::filesystem::path& folder, const Json& description);
  bool has(int64_t image) const { return changes_.count(image) > 0; }
  double background_change(int64_t image) const;
  void add(int64_t image, double background_change);  // after the image is on disk
  void remove();

 private:
  void read(const std::string& text, const Json& description);
  std::filesystem::path path_;
  std::map<int64_t, double> changes_;
};

}  // namespace mammograft
