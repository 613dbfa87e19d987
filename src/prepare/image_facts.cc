#include "prepare/image_facts.h"

#include <algorithm>
#include <utility>

#include "core/csv.h"
#include "core/first_few.h"
#include "core/log.h"

namespace mammograft {

namespace {

const std::set<std::string> kFacts = {"patient", "laterality", "view", "status", "split"};

std::string text_of(const JsonView& value) {
  const Json& json = value.json();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.dump();
  if (json.is_null()) return {};  // says nothing
  if (!json.is_number()) value.reject("a text or a whole number");
  return std::to_string(value.integer());  // 12.0 is what tables with gaps make of 12
}

void put(Facts& facts, const std::string& name, const std::string& value) {
  if (!value.empty()) facts[name] = value;
}

std::string stem_of(const std::string& name) {
  return std::filesystem::path(name).filename().stem().string();
}

}  // namespace

ImageFacts::ImageFacts(const CocoOptions& options) : options_(options) {
  if (!options.file_regex.empty()) {
    try {
      expression_ = std::regex(options.file_regex);
    } catch (const std::regex_error& error) {
      fail(ErrorKind::usage, "file_regex: found \"{}\", expected a regular expression ({})",
           options.file_regex, error.what());
    }
    if (expression_.mark_count() != options.file_groups.size()) {
      fail(ErrorKind::usage,
           "file_groups: found {} names, expected one for each of the {} groups of file_regex",
           options.file_groups.size(), expression_.mark_count());
    }
  }
  for (const std::string& group : options.file_groups) {
    if (kFacts.count(group) == 0) {
      fail(ErrorKind::usage,
           "file_groups: found \"{}\", expected patient, laterality, view, status or split", group);
    }
  }
  if (!options.table.empty()) read_table();
}

void ImageFacts::read_table() {
  const CsvTable csv = read_csv(options_.table);
  if (std::find(csv.columns.begin(), csv.columns.end(), "file_name") == csv.columns.end()) {
    fail(ErrorKind::bad_input, "{}: line 1: there is no column file_name", options_.table);
  }
  for (const auto& row : csv.rows) {
    Facts facts;
    for (const auto& [column, value] : row) {
      if (kFacts.count(column) > 0) put(facts, column, value);
    }
    if (!table_.emplace(row.at("file_name"), facts).second) {
      fail(ErrorKind::bad_input, "{}: file_name: found {} twice", options_.table,
           row.at("file_name"));
    }
    rows_[stem_of(row.at("file_name"))].insert(row.at("file_name"));
  }
}

void ImageFacts::add_from_name(const std::string& name, Facts& facts) const {
  std::smatch match;
  if (options_.file_regex.empty() || !std::regex_search(name, match, expression_)) return;
  for (size_t i = 0; i < options_.file_groups.size(); ++i) {
    put(facts, options_.file_groups[i], match[i + 1].str());
  }
}

void ImageFacts::add_from_keys(const JsonView& image, Facts& facts) const {
  const std::pair<const char*, const std::string*> keys[] = {
      {"patient", &options_.patient_key}, {"laterality", &options_.laterality_key},
      {"view", &options_.view_key},       {"status", &options_.status_key},
      {"split", &options_.split_key},
  };
  for (const auto& [fact, key] : keys) {
    if (key->empty()) continue;
    // A key that no image has would otherwise look like a release that knows nothing.
    put(facts, fact, text_of(image.at(key->c_str())));
  }
}

void ImageFacts::add_from_table(const std::string& name, Facts& facts) {
  auto row = table_.find(name);
  if (row == table_.end()) row = table_.find(std::filesystem::path(name).filename().string());
  if (row == table_.end()) row = table_.find(stem_of(name));
  const auto same_stem = rows_.find(stem_of(name));
  if (row == table_.end() && same_stem != rows_.end() && same_stem->second.size() == 1)
    row = table_.find(*same_stem->second.begin());
  if (row == table_.end()) return;
  used_.insert(row->first);
  for (const auto& [fact, value] : row->second) facts[fact] = value;
}

void ImageFacts::report_unused() const {
  std::vector<std::string> unused;
  for (const auto& [name, facts] : table_) {
    if (!used_.contains(name)) unused.push_back(name);
  }
  if (unused.empty()) return;
  log_warning(fmt::format("{}: {} of {} rows name no image of the JSON: {}", options_.table,
                          unused.size(), table_.size(), first_few(unused, 3)));
}

Facts ImageFacts::of(const JsonView& image, const std::string& name) {
  Facts facts;  // later sources replace earlier ones
  if (!options_.split.empty()) facts["split"] = options_.split;
  add_from_name(name, facts);
  add_from_keys(image, facts);
  add_from_table(name, facts);
  return facts;
}

}  // namespace mammograft
