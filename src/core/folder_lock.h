// A folder while a command writes into it.
#pragma once

#include <filesystem>

#include "core/descriptor.h"

namespace mammograft {

// Two trainings in one folder would continue each other's checkpoints. The folder itself is locked
// (flock), so no file is left; freed when it is destroyed, or the process ends however it does.
class FolderLock {
 public:
  // Throws usage where another process, or another lock of this one, holds it. Where a file system
  // cannot lock folders (NFS) that is a warning.
  explicit FolderLock(const std::filesystem::path& folder);

 private:
  Descriptor folder_;
};

}  // namespace mammograft
