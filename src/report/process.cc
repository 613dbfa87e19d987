#include "report/process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include "core/descriptor.h"
#include "core/error.h"
#include "core/files.h"

namespace mammograft {
namespace {

// gnuplot prefixes its complaints with blank lines and a caret; the sentence is what is wanted.
std::string first_sentence(const std::string& text) {
  std::istringstream lines(text);
  std::string line, last;
  while (std::getline(lines, line)) {
    const auto start = line.find_first_not_of(" \t^\r");
    if (start == std::string::npos) continue;
    last = line.substr(start);
    if (last.find("line ") != std::string::npos || last.find("rror") != std::string::npos) {
      return last;
    }
  }
  return last.empty() ? "no message" : last;
}

}  // namespace

ProcessResult run_process(const std::string& program, const std::vector<std::string>& arguments,
                          const std::filesystem::path& folder) {
  const std::string log = (folder / ".output").string(), place = folder.string();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const Descriptor output(open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600));
  if (!output.valid()) fail(ErrorKind::io, "{}: cannot be written: {}", log, std::strerror(errno));
  const pid_t child = fork();
  if (child == 0) {  // only calls that are safe after fork()
    const int file = output.get();
    const bool ready = chdir(place.c_str()) == 0 && dup2(file, 1) >= 0 && dup2(file, 2) >= 0;
    if (ready) execv(program.c_str(), argv.data());
    _exit(127);
  }
  if (child < 0) fail(ErrorKind::io, "{}: cannot be started: {}", program, std::strerror(errno));
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail(ErrorKind::io, "{}: {}", program, std::strerror(errno));
  }
  ProcessResult result;
  result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.complaint = first_sentence(read_file(log));
  return result;
}

TemporaryFolder::TemporaryFolder(const std::filesystem::path& parent)
    : folder_(create_temporary_folder(parent)) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a left-over folder is not worth an exception in a destructor
  fs::remove_all(path(), ignored);
}

}  // namespace mammograft
