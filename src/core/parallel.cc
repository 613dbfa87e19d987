#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <fstream>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>
#if defined(__linux__)
#include <sched.h>
#endif

#include "core/progress.h"

namespace mammograft {

namespace {

// What the threads of one loop share.
class Loop {
 public:
  Loop(int64_t count, const std::function<void(int64_t)>& body) : count_(count), body_(body) {}

  void work() {
    try {
      while (!stopped_) {
        check_cancelled();
        const int64_t i = next_++;
        if (i >= count_) return;
        body_(i);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      stopped_ = true;
    }
  }

  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  const int64_t count_;
  const std::function<void(int64_t)>& body_;
  std::atomic<int64_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  std::exception_ptr error_;
};

// A container's share of processor time, as a number of processors, rounded up (cgroup v2: "200000
// 100000" is two). More threads than that wait for each other.
int container_threads() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0)
    return std::numeric_limits<int>::max();
  return std::max(1, static_cast<int>(std::ceil(quota / period)));
}

}  // namespace

void parallel_for(int64_t count, int threads, const std::function<void(int64_t)>& body) {
  if (count <= 0) return;
  const int64_t wanted = threads > 0 ? threads : hardware_threads();
  Loop loop(count, body);
  {
    std::vector<std::jthread> helpers;  // joined at the end of the block
    for (int64_t i = 1; i < std::min(wanted, count); ++i) {
      try {
        helpers.emplace_back([&loop] { loop.work(); });
      } catch (const std::system_error&) {
        break;  // the system has no more threads: those there are do all the items
      }
    }
    loop.work();
  }
  loop.rethrow();
}

void parallel_for(const std::string& label, int64_t count, int threads, Progress& progress,
                  const std::function<void(int64_t)>& body) {
  std::mutex mutex;  // one call of Progress at a time
  int64_t done = 0;
  progress.start(label, count);
  parallel_for(count, threads, [&](int64_t i) {
    body(i);
    const std::lock_guard lock(mutex);
    progress.advance(++done);
  });
  progress.finish();
}

int hardware_threads() {
  int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
    threads = std::min(threads, CPU_COUNT(&allowed));
#endif
  return std::min(threads, container_threads());
}

}  // namespace mammograft
