#include "report/template.h"

#include "core/error.h"

namespace mammograft {
namespace {

std::string without(std::string text, const std::string& part, const std::string& kept) {
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.replace(at, part.size(), kept);
  }
  return text;
}

}  // namespace

std::string fill(std::string_view source, const kainjow::mustache::data& values) {
  kainjow::mustache::mustache page{
      without(without(std::string(source), "<!--{{", "{{"), "}}-->", "}}")};
  std::string result = page.render(values);
  ensure(page.is_valid(), "template of a page: {}", page.error_message());
  return result;
}

}  // namespace mammograft
