#include "prepare/left_out.h"

#include <fmt/format.h>

#include <map>

#include "core/files.h"
#include "core/log.h"
#include "core/utf8.h"

namespace mammograft {
namespace {

constexpr size_t kMostReasons = 12;  // that a log shows

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

}  // namespace

void LeftOutFiles::add(const fs::path& file, const std::string& reason, int64_t place) {
  rows_.push_back({readable(file.string()), reason, place});
}

void LeftOutFiles::keep(const std::function<bool(const fs::path& file)>& keep) {
  std::erase_if(rows_, [&](const LeftOutRow& row) { return !keep(row.file); });
}

std::vector<int64_t> LeftOutFiles::places() const {
  std::vector<int64_t> places;
  for (const LeftOutRow& row : rows_) places.push_back(row.place);
  return places;
}

std::string LeftOutFiles::first() const { return rows_.front().file + ": " + rows_.front().reason; }

void LeftOutFiles::report() const {
  std::map<std::string, int> counts;
  for (const LeftOutRow& row : rows_) ++counts[row.reason];
  size_t shown = 0;
  for (const auto& [reason, count] : counts) {
    if (++shown > kMostReasons) break;
    log_info(fmt::format("left out: {} {} {}", count, count == 1 ? "file" : "files, each", reason));
  }
  if (counts.size() > kMostReasons)
    log_info(fmt::format("left out: {} reasons more", counts.size() - kMostReasons));
}

void LeftOutFiles::write(const fs::path& path) const {
  if (rows_.empty()) return;
  std::string text = "file,reason\n";
  for (const LeftOutRow& row : rows_) text += quoted(row.file) + "," + quoted(row.reason) + "\n";
  write_file(path, text);
}

}  // namespace mammograft
