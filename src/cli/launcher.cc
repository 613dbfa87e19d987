// bin/mammograft: answers --version, and starts the program for everything else. Loading LibTorch
// takes some tenths of a second, which nobody should wait for who only asks for a version.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "cli/version.h"
#include "core/error.h"
#include "core/log.h"

int main(int argc, char** argv) {
  using namespace mammograft;
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::puts(version_text().c_str());
    return 0;
  }
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path program =
      self.parent_path().parent_path() / "libexec" / "mammograft-program";
  ::execv(program.c_str(), argv);
  log_error(program.string() + ": cannot be started: " + std::strerror(errno));
  return static_cast<int>(ErrorKind::io);
}
