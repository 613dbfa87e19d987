#include "nn/communicator.h"

#include <ATen/Functions.h>

#include <cstdlib>

#include "core/parallel.h"

namespace mammograft {
namespace {

class SingleProcess : public Communicator {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  int threads() const override { return hardware_threads(); }
  std::future<double> start_sum(const at::Tensor&) override {
    std::promise<double> done;
    done.set_value(0);
    return done.get_future();
  }
  void broadcast(const at::Tensor&) override {}
  [[noreturn]] void abort(int exit_code) override { std::exit(exit_code); }
};

}  // namespace

bool Communicator::any(bool flag) {
  if (size() == 1) return flag;
  const at::Tensor count = at::full({1}, flag ? 1.0f : 0.0f);
  sum(count);
  return count.item<float>() > 0;
}

Communicator& single_process() {
  static SingleProcess process;
  return process;
}

std::unique_ptr<Communicator> make_single_process() { return std::make_unique<SingleProcess>(); }

}  // namespace mammograft
