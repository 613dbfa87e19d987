// A thread that does what it is given, one thing after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace mammograft {

class SerialWorker {
 public:
  SerialWorker() : thread_([this] { run(); }) {}
  ~SerialWorker() {  // after everything that was asked for
    post([this] {
      stopped_ = true;
      return 0.0;
    });
    thread_.join();
  }
  SerialWorker(const SerialWorker&) = delete;

  template <typename Task>  // double()
  std::future<double> post(Task&& task) {
    std::packaged_task<double()> packaged(std::forward<Task>(task));
    std::future<double> result = packaged.get_future();
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(packaged));
    }
    filled_.notify_one();
    return result;
  }

 private:
  void run() {
    while (!stopped_) {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return !tasks_.empty(); });
      std::packaged_task<double()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::packaged_task<double()>> tasks_;
  bool stopped_ = false;  // the worker's own
  std::thread thread_;    // last: starts when all else is there
};

}  // namespace mammograft
