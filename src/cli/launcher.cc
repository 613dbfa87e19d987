// bin/mammograft: answers --version, and starts the program for everything else. Loading LibTorch
// takes some tenths of a second, which nobody should wait for who only asks for a version.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "cli/version.h"
#include "core/error.h"
#include "core/executable.h"
#include "core/log.h"

namespace {

// OpenMP's threads turn in a loop while they wait for the next piece of work: 300,000 times (some
// milliseconds) unless libgomp is told otherwise, which it must be before it is loaded. Where cores
// are shared that time is missing elsewhere, and the thread that it waits for may be who misses it.
// A thousand turns (some 20 us) bridge the gap between two pieces, and no more.
void wait_briefly() {
  if (std::getenv("OMP_WAIT_POLICY") == nullptr) ::setenv("GOMP_SPINCOUNT", "1000", 0);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace mammograft;
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    std::puts(version_text().c_str());
    return 0;
  }
  const std::filesystem::path program =
      own_executable().parent_path().parent_path() / "libexec" / "mammograft-program";
  wait_briefly();
  ::execv(program.c_str(), argv);
  log_error(program.string() + ": cannot be started: " + std::strerror(errno));
  return static_cast<int>(ErrorKind::io);
}
