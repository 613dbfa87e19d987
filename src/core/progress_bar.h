// The progress bar behind make_terminal_progress(), with its terminal and clock as parts that a
// test replaces.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "core/progress.h"
#include "core/terminal.h"

namespace mammograft {

// On an interactive terminal: one line redrawn at most ten times a second,
//   training [#########-------------------]  33% 120/360  2.1/s  1:54 left  loss 0.41
// elsewhere a plain line at most every ten seconds; a closing line in both. The rate is that of the
// last half minute, and what was done before the first advance() (a resumed run) does not count.
class ProgressBar : public Progress {
 public:
  using Clock = std::function<double()>;  // seconds since any fixed moment, never backwards

  ProgressBar(Terminal& terminal, Clock clock) : terminal_(terminal), clock_(std::move(clock)) {}
  ~ProgressBar() override;

  void start(const std::string& label, int64_t total) override;
  void advance(int64_t done, const std::string& note) override;
  void finish() override;

 private:
  struct Sample {
    double time_s;
    int64_t done;
  };
  void sample(double now_s, int64_t done);
  double rate() const;  // per second; 0 while unknown
  std::string counts() const;
  std::string bar() const;
  std::string plain() const;

  Terminal& terminal_;
  Clock clock_;
  bool running_ = false;
  std::string label_;
  std::string note_;
  int64_t total_ = 0;
  int64_t done_ = 0;
  double started_s_ = 0;
  double shown_s_ = 0;
  std::deque<Sample> samples_;
};

// "12 s", "3:05" (minutes), "1:02:03" (hours).
std::string format_duration(double seconds);

}  // namespace mammograft
