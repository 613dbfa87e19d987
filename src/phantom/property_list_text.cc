#include "phantom/property_list_text.h"

#include "core/error.h"

namespace mammograft {
namespace {

constexpr const char* kBegin =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
    "<plist version=\"1.0\">\n";

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else {
      result += c;
    }
  }
  return result;
}

std::string scalar(const Json& value) {
  if (value.is_string()) return "<string>" + escaped(value.get<std::string>()) + "</string>";
  if (value.is_boolean()) return value.get<bool>() ? "<true/>" : "<false/>";
  if (value.is_number_integer()) return fmt::format("<integer>{}</integer>", value.get<int64_t>());
  ensure(value.is_number(), "a property list of {}", value.type_name());
  return fmt::format("<real>{:.6f}</real>", value.get<double>());
}

void write_value(const Json& value, size_t depth, std::string& text) {
  const std::string indent(depth, '\t');
  if (!value.is_structured()) {
    text += indent + scalar(value) + "\n";
    return;
  }
  const char* name = value.is_object() ? "dict" : "array";
  text += fmt::format("{}<{}>\n", indent, name);
  for (const auto& [key, child] : value.items()) {
    if (value.is_object()) text += fmt::format("{}\t<key>{}</key>\n", indent, escaped(key));
    write_value(child, depth + 1, text);
  }
  text += fmt::format("{}</{}>\n", indent, name);
}

}  // namespace

std::string property_list_text(const Json& value) {
  std::string text = kBegin;
  write_value(value, 0, text);
  return text + "</plist>\n";
}

}  // namespace mammograft
