#include "prepare/property_list.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <vector>

#include "core/files.h"
#include "core/text.h"

namespace mammograft {
namespace {

constexpr uintmax_t kMaxBytes = 64 << 20;
constexpr size_t kMaxDepth = 64;
constexpr const char* kBlanks = " \t\r\n";

std::string without_blanks(const std::string& text) {
  std::string rest;
  for (const char c : text) {
    if (std::string_view(kBlanks).find(c) == std::string_view::npos) rest += c;
  }
  return rest;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(kBlanks) == text.npos; }

template <typename Number>
bool parse_number(const std::string& text, Number& value) {
  const char* first = text.data() + (text.starts_with('+') ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(first, end, value);
  return first != end && error == std::errc() && stop == end;
}

// Puts a list together from what expat meets. What is wrong is kept, since no exception may pass
// through expat.
class ListBuilder {
 public:
  explicit ListBuilder(XML_Parser parser) : parser_(parser) {}

  const std::string& wrong() const { return wrong_; }
  uint64_t wrong_line() const { return wrong_line_; }
  bool is_complete() const { return has_root_; }
  Json take() && { return std::move(root_); }

  void start(const std::string& name) {
    if (!wrong_.empty()) return;
    if (open_.size() >= kMaxDepth) return reject("a list of more than 64 levels");
    check_place(name);
    if (name == "dict") {
      open_.push_back({name, Json::object()});
    } else if (name == "array") {
      open_.push_back({name, Json::array()});
    } else {
      open_.push_back({name, nullptr});
    }
  }

  void text(const std::string& part) {
    if (open_.empty()) return;
    Element& element = open_.back();
    if (!is_leaf(element.name)) {
      if (!is_blank(part)) reject(fmt::format("text in <{}>", element.name));
    } else {
      element.text += part;
    }
  }

  void end() {
    if (!wrong_.empty()) return;
    Element element = std::move(open_.back());
    open_.pop_back();
    if (element.name == "plist") return;
    if (element.name == "key") return take_key(element.text);
    if (element.key) return reject(fmt::format("key \"{}\" without a value", *element.key));
    finish_leaf(element);
    if (wrong_.empty()) put(std::move(element.value));
  }

  void reject(const std::string& what) {
    if (!wrong_.empty()) return;
    wrong_ = what;
    wrong_line_ = XML_GetCurrentLineNumber(parser_);
    XML_StopParser(parser_, XML_FALSE);
  }

 private:
  struct Element {
    std::string name;
    Json value;
    std::string text = {};
    std::optional<std::string> key = {};  // of a dict: waits for its value
  };

  static bool is_leaf(const std::string& name) {
    return name != "plist" && name != "dict" && name != "array";
  }

  void check_place(const std::string& name) {
    static const std::vector<std::string> values = {"dict", "array", "string", "integer", "real",
                                                    "true", "false", "date",   "data"};
    if (open_.empty()) {
      if (name != "plist") reject(fmt::format("<{}>, expected a property list, <plist>", name));
      return;
    }
    const Element& outer = open_.back();
    const bool is_value = std::find(values.begin(), values.end(), name) != values.end();
    if (!is_value && name != "key") return reject(fmt::format("<{}>", name));
    if (is_leaf(outer.name)) return reject(fmt::format("<{}> in <{}>", name, outer.name));
    if (outer.name == "plist" && has_root_) return reject("a second value in <plist>");
    if (outer.name != "dict") {
      if (!is_value) reject(fmt::format("<key> in <{}>", outer.name));
    } else if (is_value != outer.key.has_value()) {
      reject(is_value ? fmt::format("<{}> in a <dict> without a key before it", name)
                      : fmt::format("key \"{}\" without a value", *outer.key));
    }
  }

  void take_key(const std::string& text) {
    Element& dict = open_.back();
    if (dict.value.contains(text)) return reject(fmt::format("key \"{}\" twice in a <dict>", text));
    dict.key = text;
  }

  void finish_leaf(Element& element) {
    const std::string& name = element.name;
    if (!is_leaf(name)) return;
    if (name == "integer") return finish_number<int64_t>(element);
    if (name == "real") return finish_number<double>(element);
    if (name == "true" || name == "false") {
      if (!is_blank(element.text)) return reject(fmt::format("text in <{}>", name));
      element.value = name == "true";
    } else {
      element.value = name == "data" ? without_blanks(element.text) : element.text;
    }
  }

  template <typename Number>
  void finish_number(Element& element) {
    const std::string text = lower_case(without_blanks(element.text));
    Number value = 0;
    if (!parse_number(text, value))
      return reject(fmt::format("\"{}\" in <{}>, expected a number", element.text, element.name));
    element.value = value;
  }

  void put(Json value) {
    Element& outer = open_.back();
    if (outer.name == "dict") {
      outer.value[*outer.key] = std::move(value);
      outer.key.reset();
    } else if (outer.name == "array") {
      outer.value.push_back(std::move(value));
    } else {
      root_ = std::move(value);
      has_root_ = true;
    }
  }

  const XML_Parser parser_;
  std::vector<Element> open_;
  Json root_;
  bool has_root_ = false;
  std::string wrong_;
  uint64_t wrong_line_ = 0;
};

ListBuilder& builder(void* data) { return *static_cast<ListBuilder*>(data); }

void on_start(void* data, const XML_Char* name, const XML_Char** /*attributes*/) {
  builder(data).start(name);
}

void on_end(void* data, const XML_Char* /*name*/) { builder(data).end(); }

void on_text(void* data, const XML_Char* text, int length) {
  builder(data).text(std::string(text, static_cast<size_t>(length)));
}

// Entities that refer to entities grow without bounds ("a billion laughs"), and others name files.
void on_entity(void* data, const XML_Char* name, int, const XML_Char*, int, const XML_Char*,
               const XML_Char*, const XML_Char*, const XML_Char*) {
  builder(data).reject(fmt::format("an entity that is declared (\"{}\"), expected none", name));
}

void on_unknown_entity(void* data, const XML_Char* name, int) {
  builder(data).reject(fmt::format("the entity \"{}\", expected XML's own five", name));
}

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

void connect(XML_Parser parser, ListBuilder& list) {
  XML_SetUserData(parser, &list);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  XML_SetEntityDeclHandler(parser, on_entity);
  XML_SetSkippedEntityHandler(parser, on_unknown_entity);
}

std::string read_limited(const std::filesystem::path& path) {
  std::error_code unknown;  // read_file() says what is wrong
  const uintmax_t size = std::filesystem::file_size(path, unknown);
  if (!unknown && size > kMaxBytes) {
    fail(ErrorKind::bad_input, "{}: found {} bytes, expected a property list of at most {}",
         path.string(), size, kMaxBytes);
  }
  return read_file(path);
}

}  // namespace

Json read_property_list(const std::filesystem::path& path) {
  const std::string text = read_limited(path);
  if (text.starts_with("bplist")) {
    fail(ErrorKind::bad_input,
         "{}: found a binary property list, expected one in XML (plutil -convert xml1 makes it)",
         path.string());
  }
  const Parser parser(XML_ParserCreate(nullptr));
  ensure(parser != nullptr, "expat: no parser");
  ListBuilder list(parser.get());
  connect(parser.get(), list);
  const XML_Status status =
      XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  if (!list.wrong().empty()) {
    fail(ErrorKind::bad_input, "{}: line {}: found {}", path.string(), list.wrong_line(),
         list.wrong());
  }
  if (status != XML_STATUS_OK) {
    fail(ErrorKind::bad_input, "{}: line {}: not an XML property list: {}", path.string(),
         XML_GetCurrentLineNumber(parser.get()), XML_ErrorString(XML_GetErrorCode(parser.get())));
  }
  if (!list.is_complete())
    fail(ErrorKind::bad_input, "{}: line 1: found <plist> without a value", path.string());
  return std::move(list).take();
}

}  // namespace mammograft
