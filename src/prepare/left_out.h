// Files that a command passed over, and why.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mammograft {

class LeftOutFiles {
 public:
  // `place`: among all that could have been left out (cohort/shard_record.h).
  void add(const std::filesystem::path& file, const std::string& reason, int64_t place = 0);
  // Drops the files for which keep() is false: those of other shards.
  void keep(const std::function<bool(const std::filesystem::path& file)>& keep);
  size_t size() const { return rows_.size(); }
  std::vector<int64_t> places() const;
  std::string first() const;  // "file: reason"; there is one
  void report() const;        // logs how many for which reason
  // CSV with the columns file and reason; no file where nothing was left out.
  void write(const std::filesystem::path& path) const;

 private:
  struct LeftOutRow {
    std::string file, reason;
    int64_t place;
  };
  std::vector<LeftOutRow> rows_;
};

}  // namespace mammograft
