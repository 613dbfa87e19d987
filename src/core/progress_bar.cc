#include "core/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/log.h"

namespace mammograft {

namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr double kPlainLineSeconds = 10;
constexpr double kRateWindowSeconds = 30;
constexpr int kBarWidth = 28;

double steady_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string format_rate(double per_second) {
  if (per_second >= 10) return fmt::format("{:.0f}/s", per_second);
  if (per_second >= 0.1) return fmt::format("{:.1f}/s", per_second);
  return fmt::format("{:.1f}/min", per_second * 60);
}

}  // namespace

std::unique_ptr<Progress> make_terminal_progress() {
  if (log_level() == LogLevel::quiet) return std::make_unique<Progress>();
  return std::make_unique<ProgressBar>(stderr_terminal(), steady_seconds);
}

ProgressBar::~ProgressBar() {
  if (running_ && terminal_.interactive()) terminal_.set_status("");
}

void ProgressBar::start(const std::string& label, int64_t total) {
  running_ = true;
  label_ = label;
  note_.clear();
  total_ = total;
  done_ = 0;
  started_s_ = shown_s_ = clock_();
  samples_.clear();
  if (terminal_.interactive()) terminal_.set_status(bar());
}

void ProgressBar::advance(int64_t done, const std::string& note) {
  done_ = done;
  note_ = note;
  const double now_s = clock_();
  sample(now_s, done);
  const bool interactive = terminal_.interactive();
  if (now_s - shown_s_ < (interactive ? kRedrawSeconds : kPlainLineSeconds)) return;
  shown_s_ = now_s;
  if (interactive) {
    terminal_.set_status(bar());
  } else {
    terminal_.write_line(plain());
  }
}

void ProgressBar::finish() {
  if (!running_) return;
  running_ = false;
  if (terminal_.interactive()) terminal_.set_status("");
  terminal_.write_line(fmt::format("{}: {} in {}{}{}", label_, done_,
                                   format_duration(clock_() - started_s_),
                                   note_.empty() ? "" : ", ", note_));
}

// Samples are a second apart or more, so that a window is few of them; two always stay, however
// slow the work.
void ProgressBar::sample(double now_s, int64_t done) {
  if (samples_.size() >= 2 && now_s - samples_[samples_.size() - 2].time_s < 1) {
    samples_.back() = {now_s, done};
  } else {
    samples_.push_back({now_s, done});
  }
  while (samples_.size() > 2 && now_s - samples_[1].time_s > kRateWindowSeconds) {
    samples_.pop_front();
  }
}

double ProgressBar::rate() const {
  if (samples_.size() < 2) return 0;
  const double seconds = samples_.back().time_s - samples_.front().time_s;
  const double items = static_cast<double>(samples_.back().done - samples_.front().done);
  return seconds > 0 && items > 0 ? items / seconds : 0;
}

// "120/360  2.1/s  1:54 left  loss 0.41"
std::string ProgressBar::counts() const {
  std::string text = total_ > 0 ? fmt::format("{}/{}", done_, total_) : fmt::format("{}", done_);
  const double per_second = rate();
  if (per_second > 0) text += "  " + format_rate(per_second);
  if (per_second > 0 && total_ > done_) {
    text +=
        fmt::format("  {} left", format_duration(static_cast<double>(total_ - done_) / per_second));
  }
  return note_.empty() ? text : text + "  " + note_;
}

std::string ProgressBar::bar() const {
  if (total_ <= 0) return label_ + " " + counts();
  const double part =
      std::clamp(static_cast<double>(done_) / static_cast<double>(total_), 0.0, 1.0);
  const int full = static_cast<int>(part * kBarWidth);
  return fmt::format("{} [{}{}] {:3}% {}", label_, std::string(full, '#'),
                     std::string(kBarWidth - full, '-'), static_cast<int>(part * 100), counts());
}

std::string ProgressBar::plain() const { return label_ + ": " + counts(); }

std::string format_duration(double seconds) {
  const int64_t s = std::llround(std::max(0.0, seconds));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace mammograft
