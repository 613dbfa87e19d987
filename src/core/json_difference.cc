#include "core/json_difference.h"

#include <set>

namespace mammograft {
namespace {

// As it reads in a message: short.
std::string in_short(const Json& value) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

}  // namespace

std::string difference(const std::string& where, const Json& found, const Json& expected) {
  if (found == expected) return "";
  if (!found.is_object() || !expected.is_object())
    return fmt::format("{}: found {}, expected {}", where, in_short(found), in_short(expected));
  std::set<std::string> keys;
  for (const Json* side : {&found, &expected})
    for (const auto& item : side->items()) keys.insert(item.key());
  for (const std::string& key : keys) {
    const std::string text =
        difference(where + "." + key, found.value(key, Json()), expected.value(key, Json()));
    if (!text.empty()) return text;
  }
  return "";
}

}  // namespace mammograft
