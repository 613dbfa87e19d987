#include "core/progress.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "core/testing.h"

namespace mammograft {
namespace {

using ::testing::ExitedWithCode;

TEST(Cancel, FlagAndCheck) {
  clear_cancel();
  EXPECT_FALSE(cancel_requested());
  EXPECT_NO_THROW(check_cancelled());
  request_cancel();
  EXPECT_TRUE(cancel_requested());
  EXPECT_ERROR(check_cancelled(), cancelled, "cancelled");
  clear_cancel();
  EXPECT_NO_THROW(check_cancelled());
}

// Each body runs in a process of its own.
[[noreturn]] void raise_times(int signal, int times) {
  std::signal(signal, SIG_DFL);
  install_signal_handlers();
  for (int i = 0; i < times; ++i) std::raise(signal);
  std::_Exit(cancel_requested() ? 7 : 8);
}

TEST(CancelDeathTest, FirstSignalAsksSecondEnds) {
  clear_cancel();
  EXPECT_EXIT(raise_times(SIGINT, 0), ExitedWithCode(8), "");
  EXPECT_EXIT(raise_times(SIGINT, 1), ExitedWithCode(7), "stopping; once more to stop at once");
  EXPECT_EXIT(raise_times(SIGTERM, 1), ExitedWithCode(7), "");
  EXPECT_EXIT(raise_times(SIGINT, 2), ExitedWithCode(130), "");
  EXPECT_EXIT(raise_times(SIGTERM, 2), ExitedWithCode(143), "");
}

TEST(CancelDeathTest, IgnoredSignalsStayIgnored) {
  clear_cancel();
  const auto ignored = [] {
    std::signal(SIGINT, SIG_IGN);
    install_signal_handlers();
    std::raise(SIGINT);
    std::_Exit(cancel_requested() ? 7 : 8);
  };
  EXPECT_EXIT(ignored(), ExitedWithCode(8), "");
}

TEST(CancelDeathTest, LoopThrowsAfterASignal) {
  clear_cancel();
  const auto loop = [] {
    std::signal(SIGINT, SIG_DFL);
    install_signal_handlers();
    try {
      for (int i = 0;; ++i) {
        check_cancelled();
        if (i == 3) std::raise(SIGINT);
      }
    } catch (const Error& error) {
      std::_Exit(error.exit_code());
    }
  };
  EXPECT_EXIT(loop(), ExitedWithCode(5), "");
}

TEST(Progress, DefaultDoesNothing) {
  Progress progress;
  progress.start("work", 3);
  progress.advance(1);
  progress.finish();
}

}  // namespace
}  // namespace mammograft
