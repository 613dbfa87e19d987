#include "core/numbered_files.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace mammograft {
namespace {

bool is_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && read == end;
}

}  // namespace

std::vector<std::string> numbered_files(const std::filesystem::path& folder,
                                        const std::string& prefix, const std::string& suffix) {
  std::vector<std::string> names;
  std::error_code nothing_there;
  for (const auto& entry : std::filesystem::directory_iterator(folder, nothing_there)) {
    const std::string name = entry.path().filename().string();
    if (name.size() <= prefix.size() + suffix.size()) continue;
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    const size_t length = name.size() - prefix.size() - suffix.size();
    if (is_number(std::string_view(name).substr(prefix.size(), length))) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace mammograft
