#include "core/progress.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstring>

#include "core/error.h"

namespace mammograft {

namespace {

std::atomic<bool> g_cancelled{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler needs it");

// Only functions that are safe in a signal handler: write and _exit.
void on_signal(int signal) {
  if (g_cancelled.exchange(true)) ::_exit(128 + signal);
  constexpr char kMessage[] = "\nstopping; once more to stop at once\n";
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
}

}  // namespace

void install_signal_handlers() {
  struct sigaction action{};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;  // reads and writes go on; loops look at the flag
  for (const int signal : {SIGINT, SIGTERM}) {
    struct sigaction old{};
    sigaction(signal, nullptr, &old);
    // A shell starts background jobs with SIGINT ignored, and nohup does likewise: leave it so.
    if (old.sa_handler == SIG_IGN) continue;
    sigaction(signal, &action, nullptr);
  }
}

void request_cancel() { g_cancelled = true; }

bool cancel_requested() { return g_cancelled; }

void check_cancelled() {
  if (g_cancelled) fail(ErrorKind::cancelled, "cancelled");
}

void clear_cancel() { g_cancelled = false; }

}  // namespace mammograft
