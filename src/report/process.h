// Running another program, without a shell in between.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/temporaries.h"

namespace mammograft {

struct ProcessResult {
  int exit_status = 0;    // 128 + signal when it was killed
  std::string complaint;  // first line of what it wrote to stderr that says something
};

// Runs `program` in `folder` with both outputs captured and waits. Throws io when it cannot start.
ProcessResult run_process(const std::string& program, const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder);

// A new folder inside `parent`, removed with all it holds at the end of its life, or when a later
// process finds that its maker was killed.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::filesystem::path& parent);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return folder_.path; }

 private:
  Temporary folder_;
};

}  // namespace mammograft
