#include "core/parallel.h"

#include <gtest/gtest.h>
#if defined(__linux__)
#include <sched.h>
#endif

#include <atomic>
#include <chrono>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/progress.h"
#include "core/testing.h"

namespace mammograft {
namespace {

TEST(Parallel, EveryItemOnce) {
  for (const int threads : {0, 1, 2, 7, 100}) {
    for (const int64_t count : {0, 1, 5, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<size_t>(count));
      parallel_for(count, threads, [&](int64_t i) { ++calls[static_cast<size_t>(i)]; });
      for (const auto& n : calls) EXPECT_EQ(n, 1);
    }
  }
  parallel_for(-1, 2, [](int64_t) { FAIL(); });
}

// Four items that wait for each other end only where four threads run at once.
TEST(Parallel, ReallyRunsAtOnce) {
  std::atomic<int> arrived{0};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  parallel_for(4, 4, [&](int64_t) {
    ++arrived;
    while (arrived < 4 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(arrived, 4);
  });
}

TEST(Parallel, OneThreadIsTheCaller) {
  const auto caller = std::this_thread::get_id();
  int64_t next = 0;
  parallel_for(10, 1, [&](int64_t i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(i, next++);
  });
}

TEST(Parallel, FirstExceptionStopsTheRest) {
  for (const int threads : {1, 4}) {
    std::atomic<int> calls{0};
    const auto run = [&] {
      parallel_for(100000, threads, [&](int64_t i) {
        ++calls;
        if (i == 10) throw std::out_of_range("item 10");
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      });
    };
    EXPECT_THROW(run(), std::out_of_range);
    EXPECT_LT(calls, 50000);
  }
}

TEST(Parallel, CancelStopsBetweenItems) {
  clear_cancel();
  std::atomic<int> calls{0};
  EXPECT_ERROR(parallel_for(100000, 4,
                            [&](int64_t) {
                              if (++calls == 20) request_cancel();
                              std::this_thread::sleep_for(std::chrono::microseconds(50));
                            }),
               cancelled, "cancelled");
  clear_cancel();
  EXPECT_GE(calls, 20);
  EXPECT_LT(calls, 50000);
}

// Notes whether two threads were in it at once.
struct WatchedProgress : Progress {
  void start(const std::string&, int64_t count) override { total = count; }
  void advance(int64_t done, const std::string&) override {
    if (inside.exchange(true)) overlapped = true;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
    seen.push_back(done);
    inside = false;
  }
  void finish() override { ++finished; }
  std::atomic<bool> inside{false}, overlapped{false};
  std::vector<int64_t> seen;
  int64_t total = 0;
  int finished = 0;
};

TEST(Parallel, ProgressIsToldOfEveryItemByOneThreadAtATime) {
  WatchedProgress progress;
  parallel_for("items", 200, 4, progress, [](int64_t) {});
  EXPECT_FALSE(progress.overlapped);
  EXPECT_EQ(progress.total, 200);
  EXPECT_EQ(progress.finished, 1);
  ASSERT_EQ(progress.seen.size(), 200u);
  for (int64_t i = 0; i < 200; ++i) EXPECT_EQ(progress.seen[static_cast<size_t>(i)], i + 1);
}

TEST(Parallel, Nested) {
  std::atomic<int> sum{0};
  parallel_for(4, 2, [&](int64_t) { parallel_for(5, 2, [&](int64_t) { ++sum; }); });
  EXPECT_EQ(sum, 20);
  EXPECT_GE(hardware_threads(), 1);
}

#if defined(__linux__)
TEST(Parallel, CountsTheProcessorsThatItMayUse) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(hardware_threads(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_LE(hardware_threads(), CPU_COUNT(&before));
}
#endif

}  // namespace
}  // namespace mammograft
