#include "core/progress_bar.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>
#include <vector>

#include "core/log.h"
#include "core/testing.h"

namespace mammograft {
namespace {

// Containers without a mounted devpts have no pseudo-terminals.
bool has_terminals() {
  int ends[2] = {-1, -1};
  if (openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) != 0) return false;
  close(ends[0]);
  close(ends[1]);
  return true;
}
#define NEEDS_A_TERMINAL() \
  if (!has_terminals()) GTEST_SKIP() << "this machine gives no pseudo-terminal"

// A pipe or a pseudo-terminal; what was written to it is read back.
class Screen {
 public:
  enum class Kind { pipe, terminal };
  explicit Screen(Kind kind, unsigned short columns = 100) {
    setenv("TERM", "xterm", 1);
    int ends[2] = {-1, -1};
    if (kind == Kind::pipe) {
      EXPECT_EQ(pipe(ends), 0);
    } else {
      winsize size{};
      size.ws_col = columns;
      EXPECT_EQ(openpty(&ends[0], &ends[1], nullptr, nullptr, &size), 0);
      termios mode{};
      tcgetattr(ends[1], &mode);
      cfmakeraw(&mode);  // no translation of line breaks
      tcsetattr(ends[1], TCSANOW, &mode);
    }
    reader_ = ends[0];
    writer_ = ends[1];
    fcntl(reader_, F_SETFL, O_NONBLOCK);
  }
  ~Screen() {
    close(reader_);
    close(writer_);
  }
  int descriptor() const { return writer_; }
  std::string take() {
    std::string text;
    char buffer[4096];
    for (ssize_t n = 0; (n = read(reader_, buffer, sizeof(buffer))) > 0;) {
      text.append(buffer, static_cast<size_t>(n));
    }
    return text;
  }

 private:
  int reader_;
  int writer_;
};

constexpr const char* kErase = "\r\x1b[2K";

TEST(ProgressBar, RedrawsOneLineOnATerminal) {
  NEEDS_A_TERMINAL();
  Screen screen(Screen::Kind::terminal);
  Terminal terminal(screen.descriptor());
  ASSERT_TRUE(terminal.interactive());
  double now_s = 100;
  ProgressBar bar(terminal, [&] { return now_s; });
  bar.start("training", 40);
  EXPECT_EQ(screen.take(),
            std::string(kErase) + "training [----------------------------]   0% 0/40");
  bar.advance(1, "");
  EXPECT_EQ(screen.take(), "");  // too early to redraw
  now_s += 9;
  bar.advance(10, "loss 0.41");
  EXPECT_EQ(screen.take(), std::string(kErase) +
                               "training [#######---------------------]  25% 10/40  1.0/s  "
                               "30 s left  loss 0.41");
  now_s += 1;
  bar.finish();
  EXPECT_EQ(screen.take(), std::string(kErase) + "training: 10 in 10 s, loss 0.41\n");
}

TEST(ProgressBar, PlainLinesElsewhere) {
  Screen screen(Screen::Kind::pipe);
  Terminal terminal(screen.descriptor());
  ASSERT_FALSE(terminal.interactive());
  double now_s = 0;
  ProgressBar bar(terminal, [&] { return now_s; });
  bar.start("detecting", 800);
  size_t lines = 0;
  std::string first;
  for (int i = 1; i <= 800; ++i) {  // 100 s of work
    now_s += 0.125;
    bar.advance(i, "");
    const std::string text = screen.take();
    if (text.empty()) continue;
    if (lines++ == 0) first = text;
  }
  EXPECT_GE(lines, 9u);
  EXPECT_LE(lines, 10u);
  EXPECT_EQ(first, "detecting: 80/800  8.0/s  1:30 left\n");
  bar.finish();
  EXPECT_EQ(screen.take(), "detecting: 800 in 1:40\n");
}

TEST(ProgressBar, ResumedWorkDoesNotCountInTheRate) {
  Screen screen(Screen::Kind::pipe);
  Terminal terminal(screen.descriptor());
  double now_s = 0;
  ProgressBar bar(terminal, [&] { return now_s; });
  bar.start("training", 1000);
  bar.advance(700, "");
  now_s += 20;
  bar.advance(720, "");
  EXPECT_EQ(screen.take(), "training: 720/1000  1.0/s  4:40 left\n");
}

// Slow, then fast: the time left follows the present rate.
TEST(ProgressBar, RateIsThatOfTheLastHalfMinute) {
  Screen screen(Screen::Kind::pipe);
  Terminal terminal(screen.descriptor());
  double now_s = 0;
  ProgressBar bar(terminal, [&] { return now_s; });
  bar.start("w", 0);
  int64_t done = 0;
  for (; now_s < 100; now_s += 1) bar.advance(done += 1, "");
  for (; now_s < 200; now_s += 1) bar.advance(done += 5, "");
  screen.take();
  now_s += 19;  // the call before was at 199
  bar.advance(done += 100, "");
  EXPECT_EQ(screen.take(), "w: 700  5.0/s\n");
  // Items slower than the window still have a rate.
  now_s += 100;
  bar.advance(done += 1, "");
  now_s += 100;
  bar.advance(done += 1, "");
  EXPECT_NE(screen.take().find("w: 702  0.6/min\n"), std::string::npos);
}

TEST(ProgressBar, VanishesWithoutFinish) {
  NEEDS_A_TERMINAL();
  Screen screen(Screen::Kind::terminal);
  Terminal terminal(screen.descriptor());
  {
    ProgressBar bar(terminal, [] { return 0.0; });
    bar.start("w", 3);
    screen.take();
  }
  EXPECT_EQ(screen.take(), kErase);
  terminal.write_line("error: x");
  EXPECT_EQ(screen.take(), "error: x\n");
}

TEST(Terminal, MessagesStandAboveTheStatus) {
  NEEDS_A_TERMINAL();
  Screen screen(Screen::Kind::terminal);
  Terminal terminal(screen.descriptor());
  terminal.set_status("bar");
  terminal.write_line("message");
  terminal.set_status("");
  terminal.write_line("next");
  EXPECT_EQ(screen.take(),
            std::string(kErase) + "bar" + kErase + "message\nbar" + kErase + "next\n");
}

TEST(Terminal, StatusFitsTheWidth) {
  NEEDS_A_TERMINAL();
  Screen screen(Screen::Kind::terminal, 11);
  Terminal terminal(screen.descriptor());
  terminal.set_status("0123456789abcdef");
  EXPECT_EQ(screen.take(), std::string(kErase) + "0123456789");
  EXPECT_EQ(cut_to_width("äöü", 2), "äö");
  EXPECT_EQ(cut_to_width("äöü", 3), "äöü");
  EXPECT_EQ(cut_to_width("abc", 0), "");
}

TEST(Terminal, DumbTerminalsAreNotInteractive) {
  NEEDS_A_TERMINAL();
  Screen screen(Screen::Kind::terminal);
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(Terminal(screen.descriptor()).interactive());
  setenv("TERM", "xterm", 1);
}

TEST(Terminal, LinesOfManyThreadsDoNotTear) {
  Screen screen(Screen::Kind::pipe);
  Terminal terminal(screen.descriptor());
  std::vector<std::thread> threads;
  for (char c = 'a'; c < 'e'; ++c) {
    threads.emplace_back([&terminal, c] {
      for (int i = 0; i < 50; ++i) terminal.write_line(std::string(60, c));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = screen.take();
  ASSERT_EQ(text.size(), 4u * 50 * 61);
  for (size_t i = 0; i < text.size(); i += 61) {
    EXPECT_EQ(text.substr(i, 61), std::string(60, text[i]) + "\n");
  }
}

TEST(Terminal, ClosedOutputIsNoError) { Terminal(-1).write_line("x"); }

TEST(ProgressBar, Durations) {
  EXPECT_EQ(format_duration(0.4), "0 s");
  EXPECT_EQ(format_duration(59.4), "59 s");
  EXPECT_EQ(format_duration(59.6), "1:00");
  EXPECT_EQ(format_duration(3723), "1:02:03");
}

TEST(Log, LevelsAndOneLineMessages) {
  const auto all = [](LogLevel level) {
    set_log_level(level);
    ::testing::internal::CaptureStderr();
    log_info("info");
    log_warning("a\nb");
    log_error("c\x1b[2Kd");
    set_log_level(LogLevel::normal);
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(all(LogLevel::quiet), "warning: a b\nerror: c [2Kd\n");
  EXPECT_EQ(all(LogLevel::normal), "info\nwarning: a b\nerror: c [2Kd\n");
}

TEST(Log, QuietHasNoProgress) {
  ::testing::internal::CaptureStderr();
  set_log_level(LogLevel::quiet);
  const auto progress = make_terminal_progress();
  set_log_level(LogLevel::normal);
  progress->start("w", 1);
  progress->finish();
  const auto loud = make_terminal_progress();
  loud->start("loud", 1);
  loud->advance(1);
  loud->finish();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "loud: 1 in 0 s\n");
}

}  // namespace
}  // namespace mammograft
