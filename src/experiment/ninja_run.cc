#include "experiment/ninja_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/executable.h"

namespace mammograft {
namespace {

std::string ninja_on_path() {
  for (const char* name : {"ninja", "ninja-build"}) {
    if (std::string file = find_executable(name); !file.empty()) return file;
  }
  fail(ErrorKind::io,
       "ninja: not found on PATH; apt-get install ninja-build (or scripts/setup.sh, or pip install "
       "ninja) brings it");
}

// A child whose standard output is read through a pipe.
class Child {
 public:
  explicit Child(std::vector<std::string> words) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      fail(ErrorKind::io, "ninja: cannot be started: {}", std::strerror(errno));
    output_ = Descriptor(ends[0]);
    const Descriptor inlet(ends[1]);
    std::vector<char*> line;
    for (std::string& word : words) line.push_back(word.data());
    line.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) become(inlet.get(), line.data());
    if (pid_ < 0) fail(ErrorKind::io, "ninja: cannot be started: {}", std::strerror(errno));
  }

  void tell(int signal) const { ::kill(pid_, signal); }

  // Appends what there is to read within a tenth of a second; false at the end.
  bool read(std::string& text) const {
    pollfd ready{output_.get(), POLLIN, 0};
    if (::poll(&ready, 1, 100) <= 0) return true;
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
    if (count < 0) return errno == EINTR || errno == EAGAIN;
    text.append(buffer.data(), static_cast<size_t>(count));
    return count > 0;
  }

  int wait() const {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  // In the child. It ends with its parent, whatever ends that; ninja then ends its tasks.
  [[noreturn]] static void become(int output, char** line) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::setpgid(0, 0);  // ctrl-C reaches it through tell() alone, once
    ::dup2(output, STDOUT_FILENO);
    ::execv(line[0], line);
    ::_exit(127);
  }

  pid_t pid_ = -1;
  Descriptor output_;
};

// "[3/20] detector of blend, fold 0": what NINJA_STATUS makes of a task that ended.
class NinjaLines {
 public:
  explicit NinjaLines(Progress& progress) : progress_(progress) {}
  ~NinjaLines() {
    if (started_) progress_.finish();
  }
  NinjaLines(const NinjaLines&) = delete;
  NinjaLines& operator=(const NinjaLines&) = delete;

  // Takes the whole lines out of `text`.
  void take(std::string& text) {
    for (size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
      show(text.substr(0, end));
      text.erase(0, end + 1);
    }
  }

 private:
  void show(const std::string& line) {
    long long done = 0, total = 0;
    int behind = 0;
    if (std::sscanf(line.c_str(), "[%lld/%lld]%n", &done, &total, &behind) < 2) return;
    if (!started_) progress_.start("experiment", total);
    started_ = true;
    progress_.advance(done, line.substr(std::min(line.size(), static_cast<size_t>(behind) + 1)));
  }

  Progress& progress_;
  bool started_ = false;
};

}  // namespace

bool run_ninja(const std::filesystem::path& folder, int jobs, Progress& progress) {
  ::setenv("NINJA_STATUS", "[%f/%t] ", 1);
  const Child ninja(
      {ninja_on_path(), "-C", folder.string(), "-k", "0", "-j", fmt::format("{}", jobs)});
  NinjaLines lines(progress);
  bool told = false;
  std::string text;
  while (ninja.read(text)) {
    lines.take(text);
    if (cancel_requested() && !told) ninja.tell(SIGINT);
    told |= cancel_requested();
  }
  const int code = ninja.wait();
  check_cancelled();
  if (code == 127) fail(ErrorKind::io, "ninja: cannot be started");
  return code == 0;
}

}  // namespace mammograft
