#include "experiment/method_tables.h"

#include <utility>

namespace mammograft {
namespace {

// Tables that are called as the one method that reads them.
constexpr const char* kOfOneMethod[] = {"pie", "fuse", "vanilla"};

Json without_others(Json table, const std::string& method) {
  for (const char* name : kOfOneMethod)
    if (method != name) table.erase(name);
  return table;
}

}  // namespace

Json read_by_blender(Json table, const std::string& method) {
  if (method == "vanilla") table.erase("generator");
  return without_others(std::move(table), method);
}

Json read_by_synthesis(Json table, const std::string& method) {
  if (method != "vanilla") return without_others(std::move(table), method);
  Json read = Json::object();
  if (table.contains("attempts")) read["attempts"] = table["attempts"];
  return read;
}

std::string table_of_another(const Json& table, const std::string& method) {
  for (const char* name : kOfOneMethod)
    if (method != name && table.contains(name)) return name;
  return "";
}

}  // namespace mammograft
