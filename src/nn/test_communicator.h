// Several "processes" that are threads of a test. Only for *_test.cc files.
#pragma once

#include <torch/types.h>

#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "core/error.h"
#include "nn/communicator.h"
#include "nn/serial_worker.h"

namespace mammograft {

// What the threads share.
struct ThreadGroup {
  explicit ThreadGroup(int size) : tensors(size), together(size) {}
  std::vector<torch::Tensor> tensors;
  std::barrier<> together;
};

class ThreadCommunicator : public Communicator {
 public:
  ThreadCommunicator(ThreadGroup& group, int rank) : group_(group), rank_(rank) {}
  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(group_.tensors.size()); }
  int threads() const override { return 1; }

  std::future<double> start_sum(const torch::Tensor& tensor) override {
    lengths_.push_back(tensor.numel());
    return worker_.post([this, tensor] {
      torch::Tensor total = torch::zeros_like(tensor);
      exchange(tensor, [&] {
        for (const torch::Tensor& part : group_.tensors) total += part;
      });
      tensor.copy_(total);
      return 0.0;
    });
  }
  void broadcast(const torch::Tensor& tensor) override {
    worker_
        .post([&] {
          exchange(tensor, [&] { tensor.copy_(group_.tensors[0]); });
          return 0.0;
        })
        .get();
  }
  [[noreturn]] void abort(int) override { fail(ErrorKind::defect, "a test aborted"); }

  const std::vector<int64_t>& lengths() const { return lengths_; }  // of the sums, as asked for

 private:
  template <typename Read>
  void exchange(const torch::Tensor& own, Read&& read) {
    group_.tensors[rank_] = own;
    group_.together.arrive_and_wait();
    read();
    group_.together.arrive_and_wait();
  }

  ThreadGroup& group_;
  int rank_;
  std::vector<int64_t> lengths_;
  SerialWorker worker_;
};

// body(process) in each of `size` threads.
inline void run_processes(int size, const std::function<void(ThreadCommunicator&)>& body) {
  ThreadGroup group(size);
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      ThreadCommunicator process(group, rank);
      body(process);
    });
  }
}

}  // namespace mammograft
