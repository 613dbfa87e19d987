// The folder of an experiment while a command works in it.
#pragma once

#include <filesystem>

#include "core/descriptor.h"

namespace mammograft {

// Two commands in one study would write over each other's graph, and a task of the one would read
// that of the other. Held until it is destroyed, or the process ends however it does.
class StudyLock {
 public:
  // Makes the folder. Throws usage where another process holds it, io.
  explicit StudyLock(const std::filesystem::path& folder);

 private:
  Descriptor file_;
};

}  // namespace mammograft
