// Files that a command passed over, and why.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mammograft {

class LeftOutFiles {
 public:
  void add(const std::filesystem::path& file, const std::string& reason);
  size_t size() const { return rows_.size(); }
  std::string first() const;  // "file: reason"; there is one
  void report() const;        // logs how many for which reason
  // CSV with the columns file and reason; no file where nothing was left out.
  void write(const std::filesystem::path& path) const;

 private:
  struct LeftOutRow {
    std::string file, reason;
  };
  std::vector<LeftOutRow> rows_;
};

}  // namespace mammograft
