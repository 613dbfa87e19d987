// Progress of long work, and its cancellation.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace mammograft {

// What a stage reports to: from any of its threads, one call at a time. The default does nothing.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void start(const std::string& /*label*/, int64_t /*total*/) {}
  virtual void advance(int64_t /*done*/, const std::string& /*note*/ = {}) {
  }  // done so far, of total
  virtual void finish() {}
};

// A bar on stderr with rate and time left; a plain line every ten seconds where stderr is no
// terminal; nothing when the log level is quiet. A resumed stage calls advance(done so far) first,
// so that the rate counts only what follows.
std::unique_ptr<Progress> make_terminal_progress();

// Ctrl-C (SIGINT) and SIGTERM ask the program to stop; long loops call check_cancelled() between
// items, which throws Error{cancelled}. A second signal ends the process at once.
void install_signal_handlers();
void request_cancel();
bool cancel_requested();
void check_cancelled();
void clear_cancel();  // tests only

}  // namespace mammograft
