// The one exception type of the program, and the exit codes that it stands for (docs/formats.md).
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace mammograft {

// The value of a kind is the exit code of the process.
enum class ErrorKind : int {
  usage = 2,      // the command line or an option is wrong
  bad_input = 3,  // a file was read, but what it holds cannot be used
  io = 4,         // a file could not be read or written
  cancelled = 5,  // the user pressed ctrl-C, or the process was asked to end
  defect = 70,    // ours: an invariant does not hold
};

// `message` is one line: which file, which field, what was found, what was expected.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }
  int exit_code() const { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
};

// Whether an error is about one file, and the next one may be tried: neither ctrl-C nor a wrong
// command line nor a defect of ours.
inline bool is_of_one_file(const Error& error) {
  return error.kind() == ErrorKind::bad_input || error.kind() == ErrorKind::io;
}

// The result of `work`; an error about one file that does not say which gets the name in front.
template <typename Work>
auto with_name(const std::string& name, Work&& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (!is_of_one_file(error)) throw;
    throw Error(error.kind(), name + ": " + error.what());
  }
}

// fail(ErrorKind::bad_input, "{}: width: found {}, expected > 0", path, width);
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

// Checks an invariant of ours. A false one is a defect (exit code 70), never the user's fault.
template <typename... Args>
void ensure(bool condition, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) throw Error(ErrorKind::defect, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace mammograft
