// The processes that train one network together. No torch in this header, no MPI.
#pragma once

#include <future>
#include <memory>

namespace at {
class Tensor;
}

namespace mammograft {

// Every process calls the same functions in the same order, from one thread. Tensors are contiguous
// and on the CPU; those of a GPU pass through the host.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;  // 0: the one that writes
  virtual int size() const = 0;
  virtual int threads() const = 0;  // this process's share of its machine's processors

  // Replaces `tensor` (fp32 or fp64) by its sum over the processes, the same bits in each. Returns
  // at once; nobody may touch the tensor before the future is ready, which holds the seconds that
  // the sum took. Sums are done one after the other, in the order in which they were asked for.
  virtual std::future<double> start_sum(const at::Tensor& tensor) = 0;
  void sum(const at::Tensor& tensor) { start_sum(tensor).get(); }

  // Overwrites `tensor` (any type) by that of rank 0.
  virtual void broadcast(const at::Tensor& tensor) = 0;

  bool any(bool flag);  // whether it is set in some process

  // Ends all processes now, with this exit code.
  [[noreturn]] virtual void abort(int exit_code) = 0;
};

Communicator& single_process();
std::unique_ptr<Communicator> make_single_process();

}  // namespace mammograft
