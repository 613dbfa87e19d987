#include "nn/mpi_communicator.h"

#define OMPI_SKIP_MPICXX 1  // the C++ bindings that MPI 3 removed
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <sched.h>
#include <torch/types.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/parallel.h"
#include "nn/serial_worker.h"

namespace mammograft {
namespace {

using Clock = std::chrono::steady_clock;

// A test for completion that took longer has moved data: more will follow at once.
constexpr std::chrono::microseconds kIdleTest{5};
constexpr std::chrono::microseconds kPause{50};
constexpr int64_t kLargestMessage = int64_t{1} << 30;  // MPI counts in int

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

MPI_Datatype datatype(const torch::Tensor& tensor) {
  if (tensor.scalar_type() == torch::kFloat32) return MPI_FLOAT;
  ensure(tensor.scalar_type() == torch::kFloat64, "sum over processes: expected fp32 or fp64");
  return MPI_DOUBLE;
}

void check_buffer(const torch::Tensor& tensor) {
  ensure(tensor.is_cpu() && tensor.is_contiguous(),
         "communication: expected a contiguous tensor on the CPU");
}

// Processors for this process, of those that it may use: each is shared evenly by the processes of
// this machine that may use it. Bound to processors of its own a process keeps them all; unbound,
// all share all.
int share_of_processors(MPI_Comm machine) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<int> users(CPU_SETSIZE);
  for (int i = 0; i < CPU_SETSIZE; ++i) users[i] = CPU_ISSET(i, &allowed) ? 1 : 0;
  MPI_Allreduce(MPI_IN_PLACE, users.data(), CPU_SETSIZE, MPI_INT, MPI_SUM, machine);
  double share = 0;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &allowed)) share += 1.0 / users[i];
  }
  // hardware_threads() is smaller than the number of allowed ones where a container limits it.
  share *= static_cast<double>(hardware_threads()) / std::max(1, CPU_COUNT(&allowed));
  return std::max(1, static_cast<int>(share + 1e-6));
}

// All of MPI happens on a thread of its own, which therefore is what MPI calls the main one:
// MPI_THREAD_FUNNELED is enough, which every MPI has. The thread keeps the order of the calls, and
// makes them progress beside the backward pass: most MPIs move data only while they are called. It
// polls instead of waiting inside of MPI, where it would spin on a processor that computes.
class MpiCommunicator : public Communicator {
 public:
  MpiCommunicator() {
    call([this] { start(); });
  }
  ~MpiCommunicator() override {
    call([] { MPI_Finalize(); });
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int threads() const override { return threads_; }

  std::future<double> start_sum(const torch::Tensor& tensor) override {
    check_buffer(tensor);
    return worker_.post([this, tensor] {
      const Clock::time_point start = Clock::now();
      const MPI_Datatype type = datatype(tensor);
      auto* bytes = static_cast<char*>(tensor.data_ptr());
      in_pieces(tensor.numel(), [&](int64_t first, int count) {
        MPI_Request request;
        MPI_Iallreduce(MPI_IN_PLACE, bytes + first * tensor.element_size(), count, type, MPI_SUM,
                       MPI_COMM_WORLD, &request);
        wait(request);
      });
      return seconds_since(start);
    });
  }

  void broadcast(const torch::Tensor& tensor) override {
    check_buffer(tensor);
    call([this, tensor] {
      auto* bytes = static_cast<char*>(tensor.data_ptr());
      in_pieces(static_cast<int64_t>(tensor.nbytes()), [&](int64_t first, int count) {
        MPI_Request request;
        MPI_Ibcast(bytes + first, count, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
        wait(request);
      });
    });
  }

  [[noreturn]] void abort(int exit_code) override {
    abort_code_ = exit_code;  // for a call that waits for other processes
    worker_.post([this] {
      abort_if_told();
      return 0.0;
    });
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));  // the worker ends the process
  }

 private:
  template <typename Task>
  void call(Task&& task) {
    worker_
        .post([&] {
          task();
          return 0.0;
        })
        .get();
  }

  template <typename Piece>
  static void in_pieces(int64_t count, Piece&& piece) {
    for (int64_t first = 0; first < count; first += kLargestMessage)
      piece(first, static_cast<int>(std::min(kLargestMessage, count - first)));
  }

  void start() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    if (provided < MPI_THREAD_FUNNELED)
      fail(ErrorKind::usage, "MPI: found one without threads, expected MPI_THREAD_FUNNELED");
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    MPI_Comm machine;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    threads_ = share_of_processors(machine);
    MPI_Comm_free(&machine);
  }

  void wait(MPI_Request& request) const {
    for (;;) {
      abort_if_told();
      const Clock::time_point start = Clock::now();
      int done = 0;
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      if (done != 0) return;
      if (Clock::now() - start < kIdleTest) std::this_thread::sleep_for(kPause);
    }
  }

  void abort_if_told() const {
    if (abort_code_ >= 0) MPI_Abort(MPI_COMM_WORLD, abort_code_);
  }

  int rank_ = 0, size_ = 1, threads_ = 1;
  std::atomic<int> abort_code_{-1};
  SerialWorker worker_;
};

}  // namespace

std::unique_ptr<Communicator> make_mpi_communicator() {
  return std::make_unique<MpiCommunicator>();
}

}  // namespace mammograft
