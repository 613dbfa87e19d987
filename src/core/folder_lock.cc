#include "core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/log.h"

namespace mammograft {

FolderLock::FolderLock(const std::filesystem::path& folder) {
  // Not for the processes that are started meanwhile.
  folder_ = Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder_.valid() && ::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (folder_.valid() && errno == EWOULDBLOCK)
    fail(ErrorKind::usage, "{}: another command writes into it, expected to be the only one",
         folder.string());
  log_warning(fmt::format("{}: cannot be locked ({}): see that no other command writes into it",
                          folder.string(), std::strerror(errno)));
}

}  // namespace mammograft
