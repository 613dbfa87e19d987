// JSON with errors that name the file and the field.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "core/error.h"

// Instantiated once, in json.cc: every file that sees it compiles a quarter faster.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace mammograft {

using Json = nlohmann::ordered_json;  // keys keep the order in which they were written

// Throws io (cannot be read) or bad_input (not JSON; says line and column).
Json read_json(const std::filesystem::path& path);

// The same for text that is in memory already; `where` begins the error's message.
Json parse_json(const std::string& text, const std::string& where);

// The bad_input of parse_json(), for whoever parses in another way: `error` is the parser's.
[[noreturn]] void fail_as_not_json(const Json::exception& error, const std::string& text,
                                   const std::string& where);

// Writes atomically, indented (arrays of plain values on one line), with a final newline. NaN and
// infinity are a defect, text that is not UTF-8 is bad_input.
void write_json(const std::filesystem::path& path, const Json& json);

// A JSON value together with where it stands ("cohort.json: images[3]"), so that a reader can be
// written without error handling: JsonView(root, "cohort.json")["images"][3].number("width").
class JsonView {
 public:
  JsonView(const Json& json, std::string where, bool root = true)
      : json_(&json), where_(std::move(where)), root_(root) {}

  const Json& json() const { return *json_; }
  const std::string& where() const { return where_; }

  bool has(const char* key) const;     // an object with a key that is not null
  JsonView at(const char* key) const;  // bad_input when missing or not an object
  JsonView at(size_t index) const;     // bad_input when out of range or not an array
  size_t size() const;                 // of an array; bad_input when not an array
  double number() const;               // finite; bad_input otherwise
  int64_t integer() const;             // a number without a fraction
  bool boolean() const;                // true, false, 0 or 1
  std::string string() const;
  double number(const char* key) const { return at(key).number(); }
  int64_t integer(const char* key) const { return at(key).integer(); }
  std::string string(const char* key) const { return at(key).string(); }
  std::string string_or(const char* key, const std::string& fallback) const;
  double number_or(const char* key, double fallback) const;
  int64_t integer_or(const char* key, int64_t fallback) const;

  // Throws bad_input: "<where>: expected <expected>, found <the value, shortened>".
  [[noreturn]] void reject(const std::string& expected) const;

 private:
  const Json* json_;
  std::string where_;
  bool root_;  // the first key follows a colon, the next ones a dot
};

}  // namespace mammograft
