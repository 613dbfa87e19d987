#include "core/temporaries.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <ctime>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "core/error.h"
#include "core/hash.h"

namespace mammograft {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = ".mammograft-";
constexpr std::string_view kMark = ".tmp";
constexpr std::time_t kForgottenSeconds = 24 * 60 * 60;  // far longer than any write takes

// What the numbers of processes belong to: a machine, or a container on it that counts its own.
const std::string& this_machine() {
  static const std::string name = [] {
    std::array<char, 256> host = {};
    ::gethostname(host.data(), host.size() - 1);
    std::error_code none;
    const fs::path space = fs::read_symlink("/proc/self/ns/pid", none);
    return fmt::format("{:08x}", fnv1a(host.data() + space.string()) >> 32);
  }();
  return name;
}

struct Maker {
  std::string machine;
  pid_t process = 0;
};

// Who made the file of that name; nothing where it is no temporary of ours. Names were without a
// machine once: these count as made here.
std::optional<Maker> maker_of(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  const size_t end = name.find(kMark), counter = name.rfind('-', end);
  if (end == name.npos || counter == name.npos) return std::nullopt;
  std::string_view number = name.substr(0, counter);
  const size_t dash = number.find('-');
  Maker maker{this_machine(), 0};
  if (dash != number.npos) {
    maker.machine = number.substr(0, dash);
    if (maker.machine.size() != this_machine().size()) return std::nullopt;
    number.remove_prefix(dash + 1);
  }
  const auto [rest, error] =
      std::from_chars(number.data(), number.data() + number.size(), maker.process);
  const bool whole = error == std::errc() && rest == number.data() + number.size();
  if (!whole || maker.process <= 0) return std::nullopt;
  return maker;
}

bool is_gone(const Maker& maker, bool locked_by_us) {
  if (maker.machine != this_machine()) return false;
  // In a container the number of a killed process comes back at once, and may be ours.
  if (maker.process == ::getpid()) return locked_by_us;
  return ::kill(maker.process, 0) != 0 && errno == ESRCH;
}

// Exclusive locks want to write on some file systems, and a folder cannot be opened for that.
Descriptor open_to_lock(const fs::path& path) {
  constexpr int kFlags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int file = ::open(path.c_str(), O_RDWR | kFlags);
  return Descriptor(
      file < 0 && errno == EISDIR ? ::open(path.c_str(), O_RDONLY | O_DIRECTORY | kFlags) : file);
}

bool is_abandoned(const fs::path& path, const Maker& maker) {
  const Descriptor file = open_to_lock(path);
  struct stat status{};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) return false;
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return false;
  const bool locked_by_us = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
  if (!locked_by_us && errno == EWOULDBLOCK) return false;  // others: no locks on this file system
  return is_gone(maker, locked_by_us) || std::time(nullptr) - status.st_mtime > kForgottenSeconds;
}

// Whether this process has not been in the folder before.
bool is_first_visit(const fs::path& folder) {
  static std::set<std::pair<dev_t, ino_t>> visited;
  struct stat status{};
  return ::stat(folder.c_str(), &status) == 0 &&
         visited.emplace(status.st_dev, status.st_ino).second;
}

// make(path) returns a descriptor of what it made there, or one that is not valid, with errno set.
template <typename Make>
Temporary create_locked(const fs::path& folder, const std::string& suffix,
                        const std::string& wanted, Make make) {
  // One at a time, so that no thread clears a folder while another has made a file there and not
  // locked it yet.
  static std::mutex mutex;
  static unsigned counter = 0;
  const std::lock_guard guard(mutex);
  if (is_first_visit(folder)) remove_abandoned_temporaries(folder);
  while (true) {
    const fs::path path = folder / fmt::format("{}{}-{}-{}{}{}", kPrefix, this_machine(),
                                               ::getpid(), counter++, kMark, suffix);
    Temporary made{path, make(path)};
    if (made.lock.valid()) {
      ::flock(made.lock.get(), LOCK_EX | LOCK_NB);  // may be impossible: then the number must do
      return made;
    }
    if (errno == EEXIST) continue;  // left by a killed process that had our number
    fail(ErrorKind::io, "{}: cannot write: {}", wanted, std::generic_category().message(errno));
  }
}

}  // namespace

Temporary create_temporary(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  return create_locked(folder, path.extension().string(), path.string(), [](const fs::path& name) {
    return Descriptor(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  });
}

Temporary create_temporary_folder(const fs::path& parent) {
  return create_locked(parent, "", parent.string(), [](const fs::path& name) {
    if (::mkdir(name.c_str(), 0700) != 0) return Descriptor();
    return Descriptor(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  });
}

void remove_abandoned_temporaries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> abandoned;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::optional<Maker> maker = maker_of(entry->path().filename().string());
    if (maker && is_abandoned(entry->path(), *maker)) abandoned.push_back(entry->path());
  }
  for (const fs::path& path : abandoned) fs::remove_all(path, error);
}

}  // namespace mammograft
