#include "experiment/study_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>

#include "core/files.h"

namespace mammograft {

StudyLock::StudyLock(const std::filesystem::path& folder) {
  create_folder(folder);
  const fs::path path = folder / "study.lock";
  // Not for the processes that are started meanwhile: tasks have locks of their own.
  file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!file_.valid())
    fail(ErrorKind::io, "{}: cannot write: {}", path.string(), std::strerror(errno));
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK)
    fail(ErrorKind::io, "{}: cannot lock: {}", path.string(), std::strerror(errno));
  fail(ErrorKind::usage, "{}: another command works in this study, expected to be the only one",
       folder.string());
}

}  // namespace mammograft
