// Keys that COCO's images and annotations do not have and ours do, as a file's reader meets them.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "core/json.h"
#include "core/log.h"

namespace mammograft {

// In a cohort of ours they must be right; in other files they may mean anything, and what has not
// our form is passed over.
class OwnKeys {
 public:
  OwnKeys(bool strict, bool facts) : strict_(strict), facts_(facts) {}
  bool strict() const { return strict_; }

  // Calls read(value) where `view` has the key. Whether the value was taken.
  template <typename Read>
  bool read(const JsonView& view, const char* key, Read read) {
    if (!view.has(key)) return false;
    if (strict_) return read(view.at(key)), true;
    try {
      return read(view.at(key)), true;
    } catch (const Error& error) {
      pass_over(key, error.what());
      return false;
    }
  }

  // The same for what an importer's options may read in another way.
  template <typename Read>
  bool read_fact(const JsonView& view, const char* key, Read take) {
    return facts_ && read(view, key, take);
  }

  void pass_over(const std::string& what, const std::string& message) {
    const auto [found, is_new] = passed_over_.emplace(what, std::pair(message, 0));
    ++found->second.second;
  }

  void warn() const {
    for (const auto& [what, found] : passed_over_) {
      const auto& [message, count] = found;
      log_warning(fmt::format("{}; passed over{}", message,
                              count > 1 ? fmt::format(", as in {} more places", count - 1) : ""));
    }
  }

 private:
  const bool strict_, facts_;
  std::map<std::string, std::pair<std::string, int>> passed_over_;  // first message, how often
};

}  // namespace mammograft
