// Text on a terminal: messages, and one status line (a progress bar) that stays below them.
#pragma once

#include <mutex>
#include <string>

namespace mammograft {

// Writes to a file descriptor from any thread; every change is one write(), so lines never tear.
class Terminal {
 public:
  explicit Terminal(int descriptor) : descriptor_(descriptor) {}

  bool interactive() const;  // a terminal that can redraw a line
  int width() const;         // columns; 80 where unknown

  // The text and a line break, above the status line.
  void write_line(const std::string& text);

  // Replaces the status line, cut to the width; empty removes it. Only where interactive().
  void set_status(const std::string& text);

 private:
  void write_all(const std::string& bytes) const;

  int descriptor_;
  std::mutex mutex_;
  std::string status_;
};

// The terminal of log_*() and make_terminal_progress(): stderr.
Terminal& stderr_terminal();

// At most `width` characters of UTF-8 text, never half a character.
std::string cut_to_width(const std::string& text, int width);

}  // namespace mammograft
