#include "core/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "core/utf8.h"

namespace mammograft {

namespace {

constexpr const char* kEraseLine = "\r\x1b[2K";

}  // namespace

bool Terminal::interactive() const {
  const char* type = std::getenv("TERM");
  return isatty(descriptor_) == 1 && !(type != nullptr && std::string_view(type) == "dumb");
}

int Terminal::width() const {
  winsize size{};
  if (ioctl(descriptor_, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void Terminal::write_line(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (status_.empty()) {
    write_all(text + "\n");
  } else {
    write_all(kEraseLine + text + "\n" + status_);
  }
}

void Terminal::set_status(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (text.empty() && status_.empty()) return;
  // The last column stays free: a character there makes some terminals wrap.
  status_ = cut_to_width(text, width() - 1);
  write_all(kEraseLine + status_);
}

void Terminal::write_all(const std::string& bytes) const {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(descriptor_, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // a message that cannot be shown must not stop the work
    done += static_cast<size_t>(n);
  }
}

Terminal& stderr_terminal() {
  static Terminal* terminal = new Terminal(STDERR_FILENO);  // never destroyed: usable at exit
  return *terminal;
}

std::string cut_to_width(const std::string& text, int width) {
  int characters = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_character(text[i]) && ++characters > width) return text.substr(0, i);
  }
  return text;
}

}  // namespace mammograft
