#include "core/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/hash.h"

namespace mammograft {

namespace {

// The reason of the last system call's failure, in words.
std::string reason() { return std::generic_category().message(errno); }

// False with errno set where the bytes could not be written, all of them.
bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// After a rename only the folder's own fsync makes the new name survive a power cut. Some network
// file systems cannot do it; the data itself is safe by then.
void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor.valid()) ::fsync(descriptor.get());
}

}  // namespace

std::string read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) fail(ErrorKind::io, "{}: cannot read: {}", path.string(), reason());
  struct stat status{};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    fail(ErrorKind::io, "{}: cannot read: expected a file, found a folder", path.string());
  }
  std::string bytes;
  // Sizes of pipes and of files in /proc are 0: read until the end whatever the size said.
  size_t capacity = status.st_size > 0 ? static_cast<size_t>(status.st_size) + 1 : 65536;
  size_t size = 0;
  while (true) {
    if (bytes.size() < size + 1) bytes.resize(size == 0 ? capacity : 2 * size);
    const ssize_t n = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(ErrorKind::io, "{}: cannot read: {}", path.string(), reason());
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  bytes.resize(size);
  return bytes;
}

void write_file(const fs::path& path, std::string_view bytes) { write_pieces(path, {bytes}); }

void write_pieces(const fs::path& path, const std::vector<std::string_view>& pieces) {
  AtomicFile file(path);
  {
    const Descriptor out(::open(file.temporary().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    if (!out.valid()) fail(ErrorKind::io, "{}: cannot write: {}", path.string(), reason());
    for (const std::string_view piece : pieces) {
      if (!write_all(out.get(), piece)) {
        fail(ErrorKind::io, "{}: cannot write: {}", path.string(), reason());
      }
    }
  }
  file.commit();
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  // A rename would replace a device or a pipe by a plain file.
  struct stat status{};
  if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    fail(ErrorKind::io, "{}: cannot write: expected a file, found {}", path_.string(),
         S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe");
  }
  temporary_ = create_temporary(path_);
}

AtomicFile::~AtomicFile() {
  if (!committed_) ::unlink(temporary().c_str());
}

void AtomicFile::commit() {
  ensure(!committed_, "{}: committed twice", path_.string());
  sync();
  if (::rename(temporary().c_str(), path_.c_str()) != 0)
    fail(ErrorKind::io, "{}: cannot write: {}", path_.string(), reason());
  committed_ = true;
  sync_folder(folder_of(path_));
}

// A second name, where a rename would replace; the destructor removes the first one. FAT and some
// shares know one name a file only, but a rename that replaces nothing, which NFS does not.
bool AtomicFile::commit_if_new() {
  ensure(!committed_, "{}: committed twice", path_.string());
  sync();
  const char* from = temporary().c_str();
  if (::link(from, path_.c_str()) != 0 &&
      (errno != EPERM ||
       ::renameat2(AT_FDCWD, from, AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0)) {
    if (errno == EEXIST) return false;
    fail(ErrorKind::io, "{}: cannot write: {}", path_.string(), reason());
  }
  sync_folder(folder_of(path_));
  return true;
}

void AtomicFile::sync() const {
  const Descriptor file(::open(temporary().c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid() || ::fsync(file.get()) != 0)
    fail(ErrorKind::io, "{}: cannot write: {}", path_.string(), reason());
}

void create_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (error) {
    fail(ErrorKind::io, "{}: cannot create the folder: {}", folder.string(), error.message());
  }
}

void append_line(const fs::path& path, std::string_view line) {
  ensure(line.find('\n') == line.npos, "{}: a line to append holds a line break", path.string());
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!file.valid()) fail(ErrorKind::io, "{}: cannot write: {}", path.string(), reason());
  const off_t before = ::lseek(file.get(), 0, SEEK_END);
  if (write_all(file.get(), std::string(line) + "\n")) return;
  const std::string why = reason();
  const int undone = before >= 0 ? ::ftruncate(file.get(), before) : 0;  // no half line stays
  fail(ErrorKind::io, "{}: cannot write: {}{}", path.string(), why,
       undone == 0 || before == 0 ? "" : "; its last line is cut short");
}

std::string hash_hex(std::string_view bytes) { return fmt::format("{:016x}", fnv1a(bytes)); }

}  // namespace mammograft
