// As much of JSON Schema as our published schemas use. Only for *_test.cc files.
#pragma once

#include <string>

#include "core/json.h"

namespace mammograft {

inline bool is_of_type(const Json& value, const std::string& type) {
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  return type == "array" ? value.is_array() : value.is_object();
}

inline bool fits_type(const Json& value, const Json& types) {
  if (types.is_string()) return is_of_type(value, types.get<std::string>());
  for (const Json& type : types)
    if (is_of_type(value, type.get<std::string>())) return true;
  return false;
}

inline std::string violation(const Json& value, const Json& schema, const std::string& where);

inline std::string violation_within(const Json& value, const Json& schema,
                                    const std::string& where) {
  for (const Json& key : schema.value("required", Json::array()))
    if (!value.contains(key.get<std::string>())) return where + ": no " + key.get<std::string>();
  for (const auto& [key, item] : value.items()) {
    if (!schema.contains("properties")) return "";
    if (!schema["properties"].contains(key)) return where + ": " + key + " is not in the schema";
    const std::string found = violation(item, schema["properties"][key], where + "." + key);
    if (!found.empty()) return found;
  }
  return "";
}

// What in `value` does not keep to the schema, and where; empty: nothing.
inline std::string violation(const Json& value, const Json& schema, const std::string& where) {
  if (schema.contains("const") && value != schema["const"]) return where + ": " + value.dump();
  if (schema.contains("anyOf")) {
    for (const Json& one : schema["anyOf"])
      if (violation(value, one, where).empty()) return "";
    return where + ": none of its forms";
  }
  if (schema.contains("type") && !fits_type(value, schema["type"]))
    return where + ": " + value.dump();
  if (value.is_array() && schema.contains("items")) {
    for (const Json& item : value) {
      const std::string found = violation(item, schema["items"], where + "[]");
      if (!found.empty()) return found;
    }
  }
  return value.is_object() ? violation_within(value, schema, where) : "";
}

}  // namespace mammograft
