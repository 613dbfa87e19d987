#include "core/json.h"

#include <algorithm>
#include <cmath>

#include "core/files.h"
#include "core/utf8.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace mammograft {

namespace {

// nlohmann's messages read "[json.exception.parse_error.101] parse error at line 2, column 5:
// syntax error while parsing value - unexpected '}'; ...". The place is counted anew, because it
// exists only in the words.
std::string plain_reason(const std::string& what) {
  size_t begin = what.find("] ");
  begin = begin == what.npos ? 0 : begin + 2;
  if (what.compare(begin, 11, "parse error") == 0) {
    const size_t colon = what.find(": ", begin);
    if (colon != what.npos) begin = colon + 2;
  }
  std::string text = what.substr(begin);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

std::string line_and_column(const std::string& text, size_t byte) {
  const size_t end = std::min(text.size(), byte == 0 ? 0 : byte - 1);  // nlohmann counts from 1
  const auto stop = text.begin() + static_cast<std::ptrdiff_t>(end);
  const auto line = std::count(text.begin(), stop, '\n') + 1;
  const size_t line_break = end == 0 ? text.npos : text.rfind('\n', end - 1);
  const size_t column = line_break == text.npos ? end + 1 : end - line_break;
  return fmt::format("line {}, column {}", line, column);
}

bool is_flat_array(const Json& json) {
  return json.is_array() &&
         std::none_of(json.begin(), json.end(), [](const Json& v) { return v.is_structured(); });
}

// Indented JSON in which arrays of plain values stay on one line: a polygon of 500 points is one
// line, not a thousand.
class Writer {
 public:
  explicit Writer(const std::string& where) : where_(where) {}

  std::string take() && { return std::move(out_); }

  void value(const Json& json, const std::string& path, size_t depth) {
    if (json.is_object() && !json.empty()) return object(json, path, depth);
    if (json.is_array() && !json.empty()) return array(json, path, depth);
    if (json.is_number_float()) {
      const double number = json.get<double>();
      ensure(std::isfinite(number), "{}: {}: expected a finite number, found {}", where_, path,
             number);
    }
    try {
      out_ += json.dump();
    } catch (const Json::type_error&) {
      fail(ErrorKind::bad_input, "{}: {}: found \"{}\", expected text in UTF-8", where_, path,
           json.is_string() ? readable(json.get_ref<const std::string&>()) : "");
    }
  }

 private:
  void object(const Json& json, const std::string& path, size_t depth) {
    out_ += '{';
    const char* separator = "";
    for (const auto& [key, child] : json.items()) {
      out_ += separator;
      new_line(depth + 1);
      value(Json(key), path, 0);
      out_ += ": ";
      value(child, path.empty() ? key : path + "." + key, depth + 1);
      separator = ",";
    }
    new_line(depth);
    out_ += '}';
  }

  void array(const Json& json, const std::string& path, size_t depth) {
    const bool flat = is_flat_array(json);
    out_ += '[';
    for (size_t i = 0; i < json.size(); ++i) {
      if (i > 0) out_ += flat ? ", " : ",";
      if (!flat) new_line(depth + 1);
      value(json[i], path, depth + 1);
    }
    if (!flat) new_line(depth);
    out_ += ']';
  }

  void new_line(size_t depth) {
    out_ += '\n';
    out_.append(2 * depth, ' ');
  }

  const std::string& where_;
  std::string out_;
};

// A value as an error message shows it.
std::string shown(const Json& json) {
  if (json.is_object()) return "an object";
  if (json.is_array()) return fmt::format("an array of {}", json.size());
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  constexpr size_t kLongest = 60;
  return text.size() <= kLongest ? text : text.substr(0, kLongest) + "...";
}

}  // namespace

Json parse_json(const std::string& text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    fail_as_not_json(error, text, where);
  }
}

void fail_as_not_json(const Json::exception& error, const std::string& text,
                      const std::string& where) {
  if (const auto* syntax = dynamic_cast<const Json::parse_error*>(&error)) {
    fail(ErrorKind::bad_input, "{}: {}: not JSON: {}", where, line_and_column(text, syntax->byte),
         plain_reason(error.what()));
  }
  // A number beyond the range of double.
  fail(ErrorKind::bad_input, "{}: not JSON: {}", where, plain_reason(error.what()));
}

Json read_json(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

void write_json(const std::filesystem::path& path, const Json& json) {
  const std::string where = path.string();
  Writer writer(where);
  writer.value(json, "", 0);
  write_file(path, std::move(writer).take() + "\n");
}

bool JsonView::has(const char* key) const {
  if (!json_->is_object()) return false;
  const auto found = json_->find(key);
  return found != json_->end() && !found->is_null();
}

JsonView JsonView::at(const char* key) const {
  if (!json_->is_object()) reject(fmt::format("an object with {}", key));
  const std::string where = where_ + (root_ ? ": " : ".") + key;
  const auto found = json_->find(key);
  if (found == json_->end()) fail(ErrorKind::bad_input, "{}: missing", where);
  return {*found, where, /*root=*/false};
}

JsonView JsonView::at(size_t index) const {
  const size_t count = size();
  const std::string where = fmt::format("{}{}[{}]", where_, root_ ? ": " : "", index);
  if (index >= count) fail(ErrorKind::bad_input, "{}: missing, there are only {}", where, count);
  return {(*json_)[index], where, /*root=*/false};
}

size_t JsonView::size() const {
  if (!json_->is_array()) reject("an array");
  return json_->size();
}

double JsonView::number() const {
  if (!json_->is_number()) reject("a number");
  const double value = json_->get<double>();
  if (!std::isfinite(value)) reject("a finite number");
  return value;
}

int64_t JsonView::integer() const {
  if (!json_->is_number()) reject("an integer");
  if (json_->is_number_float()) {
    const double value = json_->get<double>();
    constexpr double kExact = 9007199254740992.0;  // 2^53: beyond it neighbours fall together
    if (std::floor(value) != value || std::abs(value) > kExact) reject("an integer");
    return static_cast<int64_t>(value);
  }
  if (json_->is_number_unsigned() && json_->get<uint64_t>() > uint64_t{INT64_MAX}) {
    reject("an integer of at most 64 bits");
  }
  return json_->get<int64_t>();
}

bool JsonView::boolean() const {
  if (json_->is_boolean()) return json_->get<bool>();
  if (json_->is_number() && (*json_ == 0 || *json_ == 1)) return *json_ == 1;
  reject("true or false");
}

std::string JsonView::string() const {
  if (!json_->is_string()) reject("a text");
  return json_->get<std::string>();
}

std::string JsonView::string_or(const char* key, const std::string& fallback) const {
  return has(key) ? at(key).string() : fallback;
}

double JsonView::number_or(const char* key, double fallback) const {
  return has(key) ? at(key).number() : fallback;
}

int64_t JsonView::integer_or(const char* key, int64_t fallback) const {
  return has(key) ? at(key).integer() : fallback;
}

void JsonView::reject(const std::string& expected) const {
  fail(ErrorKind::bad_input, "{}: expected {}, found {}", where_, expected, shown(*json_));
}

}  // namespace mammograft
