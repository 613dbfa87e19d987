#include "core/log.h"

#include <atomic>

#include "core/terminal.h"
#include "core/utf8.h"

namespace mammograft {

namespace {

std::atomic<LogLevel> g_level{LogLevel::normal};

// File names may hold line breaks, escape sequences and any bytes; a message stays one harmless
// line.
std::string one_line(const std::string& message) {
  std::string text = readable(message);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return text;
}

}  // namespace

void set_log_level(LogLevel level) { g_level = level; }

LogLevel log_level() { return g_level; }

void log_info(const std::string& message) {
  if (g_level != LogLevel::quiet) stderr_terminal().write_line(message);
}

void log_warning(const std::string& message) {
  stderr_terminal().write_line("warning: " + one_line(message));
}

void log_error(const std::string& message) {
  stderr_terminal().write_line("error: " + one_line(message));
}

}  // namespace mammograft
