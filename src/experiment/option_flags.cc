#include "experiment/option_flags.h"

#include <map>

namespace mammograft {
namespace {

std::string flag_text(const Json& value) {
  if (value.is_null()) return "none";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& one : value) {
    const std::string element = flag_text(one);
    if (element.find(',') != element.npos)
      fail(ErrorKind::bad_input,
           "found \"{}\" in a list, which a command line would cut at its comma", element);
    text.append(text.empty() ? "" : ",").append(element);
  }
  return text.empty() ? "none" : text;
}

std::string flag_of(const std::string& name, const Json& value) {
  if (value.is_boolean()) return (value.get<bool>() ? "--" : "--no-") + dashed(name);
  return fmt::format("--{}={}", dashed(name), flag_text(value));
}

void collect_flags(const Json& table, const std::string& prefix,
                   std::map<std::string, std::string>& flags) {
  for (const auto& [key, value] : table.items()) {
    const std::string name = prefix + key;
    if (value.is_object()) {
      collect_flags(value, name + ".", flags);
    } else {
      flags[name] = flag_of(name, value);
    }
  }
}

}  // namespace

std::vector<std::string> option_flags(const Json& table, const std::string& where,
                                      const std::vector<OptionField>& fields) {
  options_from_json(table, where, ErrorKind::bad_input, fields);
  std::map<std::string, std::string> by_name;
  collect_flags(table, "", by_name);
  std::vector<std::string> flags;
  for (const auto& [name, flag] : by_name) flags.push_back(flag);
  return flags;
}

Json overridden(Json base, const Json& more) {
  for (const auto& [key, value] : more.items()) {
    const bool tables = value.is_object() && base.contains(key) && base[key].is_object();
    base[key] = tables ? overridden(base[key], value) : value;
  }
  return base;
}

}  // namespace mammograft
