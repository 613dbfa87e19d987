#include "core/options.h"

#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

#include "core/files.h"
#include "core/text.h"
#include "core/utf8.h"

namespace mammograft {

namespace {

template <typename T>
Json value_to_json(const T& value) {
  return value;
}
Json value_to_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

// The object in which the last part of a dotted name stands, made where absent.
Json& parent_object(Json& root, const std::string& name, std::string* last) {
  Json* object = &root;
  size_t begin = 0;
  for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', begin)) {
    object = &(*object)[name.substr(begin, dot - begin)];
    begin = dot + 1;
  }
  *last = name.substr(begin);
  return *object;
}

void set_value(const JsonView& view, bool& target) {
  if (!view.json().is_boolean()) view.reject("true or false");
  target = view.boolean();
}
void set_value(const JsonView& view, int& target) {
  const int64_t value = view.integer();
  if (value < INT32_MIN || value > INT32_MAX) view.reject("an integer of at most 32 bits");
  target = static_cast<int>(value);
}
void set_value(const JsonView& view, int64_t& target) { target = view.integer(); }
void set_value(const JsonView& view, double& target) { target = view.number(); }
void set_value(const JsonView& view, std::string& target) { target = view.string(); }
void set_value(const JsonView& view, std::optional<double>& target) {
  // TOML has no null: there a value is taken back by the word.
  if (view.json().is_null() || view.json() == "none") {
    target.reset();
  } else {
    target = view.number();
  }
}
template <typename T>
void set_value(const JsonView& view, std::vector<T>& target) {
  std::vector<T> values(view.size());
  for (size_t i = 0; i < values.size(); ++i) set_value(view.at(i), values[i]);
  target = std::move(values);
}

void set_field(const JsonView& view, const OptionField& field) {
  std::visit([&](auto* target) { set_value(view, *target); }, field.target);
  if (field.choices.empty()) return;
  const std::string& value = *std::get<std::string*>(field.target);
  if (std::find(field.choices.begin(), field.choices.end(), value) == field.choices.end()) {
    view.reject(fmt::format("one of {}", fmt::join(field.choices, ", ")));
  }
}

std::string suggestion(const std::string& name, const std::vector<OptionField>& fields) {
  std::vector<std::string> names;
  for (const OptionField& field : fields) names.push_back(field.name);
  return did_you_mean(name, names);
}

void set_object(const JsonView& view, const std::string& prefix,
                const std::vector<OptionField>& fields) {
  if (!view.json().is_object()) view.reject("a table of options");
  for (const auto& item : view.json().items()) {
    const std::string name = prefix + item.key();
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const OptionField& f) { return f.name == name; });
    const bool group = std::any_of(fields.begin(), fields.end(), [&](const OptionField& f) {
      return f.name.starts_with(name + ".");
    });
    if (field != fields.end()) {
      set_field(view.at(item.key().c_str()), *field);
    } else if (group) {
      set_object(view.at(item.key().c_str()), name + ".", fields);
    } else {
      fail(ErrorKind::bad_input, "{}: {}: unknown option{}", view.where(), item.key(),
           suggestion(name, fields));
    }
  }
}

Json toml_to_json(const toml::node& node);

template <typename T>
std::string printed(const T& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

Json toml_to_json(const toml::table& table) {
  Json json = Json::object();
  for (const auto& [key, child] : table) json[std::string(key.str())] = toml_to_json(child);
  return json;
}

Json toml_to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) return toml_to_json(*table);
  if (const auto* array = node.as_array()) {
    Json json = Json::array();
    for (const toml::node& child : *array) json.push_back(toml_to_json(child));
    return json;
  }
  if (const auto* value = node.as_string()) return value->get();
  if (const auto* value = node.as_integer()) return value->get();
  if (const auto* value = node.as_floating_point()) return value->get();
  if (const auto* value = node.as_boolean()) return value->get();
  if (const auto* value = node.as_date()) return printed(value->get());
  if (const auto* value = node.as_time()) return printed(value->get());
  if (const auto* value = node.as_date_time()) return printed(value->get());
  fail(ErrorKind::defect, "TOML: a value of unknown type");
}

}  // namespace

std::string dashed(std::string field_name) {
  const auto is_joint = [](char c) { return c == '.' || c == '_'; };
  std::replace_if(field_name.begin(), field_name.end(), is_joint, '-');
  return field_name;
}

Json options_to_json(const std::vector<OptionField>& fields) {
  Json root = Json::object();
  for (const OptionField& field : fields) {
    std::string last;
    Json& parent = parent_object(root, field.name, &last);
    parent[last] = std::visit([](auto* target) { return value_to_json(*target); }, field.target);
  }
  return root;
}

void options_from_json(const Json& json, const std::string& where, ErrorKind kind,
                       const std::vector<OptionField>& fields) {
  try {
    set_object(JsonView(json, where), "", fields);
  } catch (const Error& error) {
    throw Error(kind, error.what());
  }
}

namespace {

// Behind the comment or the string that begins at `at`, or at + 1.
size_t behind_token(const std::string& text, size_t at) {
  const char c = text[at];
  if (c == '#') return std::min(text.find('\n', at), text.size());
  if (c != '"' && c != '\'') return at + 1;
  const bool multiline = text.compare(at, 3, std::string(3, c)) == 0;
  const std::string quotes(multiline ? 3 : 1, c);
  for (size_t i = at + quotes.size(); i < text.size(); ++i) {
    if (c == '"' && text[i] == '\\') {
      ++i;
    } else if (text.compare(i, quotes.size(), quotes) == 0) {
      return i + quotes.size();
    } else if (!multiline && text[i] == '\n') {
      return i;
    }
  }
  return text.size();
}

// The first byte beyond ASCII outside of comments and strings, where TOML has none; npos: there is
// none.
size_t bare_letter(const std::string& text) {
  for (size_t at = 0; at < text.size(); at = behind_token(text, at)) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return at;
  }
  return text.npos;
}

// Text in ASCII alone: on letters beyond it toml++ 3.3 runs into code that it calls unreachable
// where it does not expect them, and what it expects cannot be told without parsing.
class AsciiForm {
 public:
  explicit AsciiForm(const std::string& text) {
    for (int i = 0; text.find(mark_) != text.npos; ++i) mark_ = fmt::format("u8_{}_", i);
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      text_ += byte < 0x80 ? std::string(1, c) : fmt::format("{}{:02x}", mark_, byte);
    }
  }
  const std::string& text() const { return text_; }

  // Of anything that was taken from it.
  std::string original(const std::string& part) const {
    std::string result;
    size_t begin = 0;
    for (size_t at = part.find(mark_); at != part.npos; at = part.find(mark_, begin)) {
      const size_t digits = at + mark_.size();
      result += part.substr(begin, at - begin);
      result += static_cast<char>(std::stoi(part.substr(digits, 2), nullptr, 16));
      begin = digits + 2;
    }
    return result + part.substr(begin);
  }

 private:
  std::string mark_ = "u8_";  // it has one u, and digits have none: marks do not run together
  std::string text_;
};

Json with_originals(const Json& json, const AsciiForm& ascii) {
  if (json.is_string()) return ascii.original(json.get<std::string>());
  if (!json.is_structured()) return json;
  Json result = json.is_array() ? Json::array() : Json::object();
  for (const auto& [key, value] : json.items()) {
    if (json.is_array()) {
      result.push_back(with_originals(value, ascii));
    } else {
      result[ascii.original(key)] = with_originals(value, ascii);
    }
  }
  return result;
}

}  // namespace

Json read_toml(const std::string& path) {
  std::string text = read_file(path);
  if (text.starts_with("\xef\xbb\xbf")) text.erase(0, 3);  // a byte order mark
  if (!is_utf8(text)) fail(ErrorKind::usage, "{}: not TOML: expected UTF-8", path);
  if (const size_t at = bare_letter(text); at != text.npos) {
    fail(ErrorKind::usage, "{}: line {}: not TOML: found a letter beyond ASCII outside of a string",
         path, 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  }
  const AsciiForm ascii(text);
  try {
    return with_originals(toml_to_json(toml::parse(ascii.text(), path)), ascii);
  } catch (const toml::parse_error& error) {
    const auto place = error.source().begin;
    fail(ErrorKind::usage, "{}: line {}, column {}: not TOML: {}", path, place.line, place.column,
         ascii.original(std::string(error.description())));
  }
}

}  // namespace mammograft
