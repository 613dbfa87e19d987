// What a release knows of an image beside its annotations, collected from its several places.
#pragma once

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "core/json.h"
#include "prepare/coco_options.h"

namespace mammograft {

// "patient", "laterality", "view", "status", "split" -> value, as it stands there; absent: unknown.
using Facts = std::map<std::string, std::string>;

class ImageFacts {
 public:
  // Throws usage (the expression or its groups) or bad_input (the table).
  explicit ImageFacts(const CocoOptions& options);

  // `image`: the entry in the JSON, whose file_name is `name`.
  Facts of(const JsonView& image, const std::string& name);
  // Warns of rows of the table that of() never asked for.
  void report_unused() const;

 private:
  void read_table();
  void add_from_name(const std::string& name, Facts& facts) const;
  void add_from_keys(const JsonView& image, Facts& facts) const;
  void add_from_table(const std::string& name, Facts& facts);

  const CocoOptions& options_;
  std::regex expression_;
  std::map<std::string, Facts> table_;                 // by file name as it stands there
  std::map<std::string, std::set<std::string>> rows_;  // of the table, by its stem
  std::set<std::string> used_;                         // rows of the table
};

}  // namespace mammograft
