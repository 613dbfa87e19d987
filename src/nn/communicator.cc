#include "nn/communicator.h"

#include <ATen/Functions.h>

#include <cstdlib>
#include <string>

#include "core/error.h"
#include "core/parallel.h"
#if defined(MAMMOGRAFT_WITH_MPI)
#include "nn/mpi_communicator.h"
#endif

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

struct Launch {
  const char* variable = nullptr;  // that says so; nullptr: no launcher
  int processes = 1;               // 0: the launcher does not say
};

Launch find_launch() {
  // Open MPI's mpirun; MPICH's, and srun --mpi=pmi2; any srun.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && std::atoi(value) > 0) return {name, std::atoi(value)};
  }
  if (std::getenv("PMIX_RANK") != nullptr) return {"PMIX_RANK", 0};
  return {};
}

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

std::unique_ptr<Communicator> make_communicator() {
  const Launch launch = find_launch();
  if (launch.processes == 1) return std::make_unique<SingleProcess>();
#if defined(MAMMOGRAFT_WITH_MPI)
  auto communicator = make_mpi_communicator();
  if (launch.processes != 0 && communicator->size() != launch.processes) {
    fail(ErrorKind::usage,
         "{} says {} processes, but MPI finds {}: start them with the mpirun of the MPI that "
         "mammograft was built with, or with srun --mpi=pmix",
         launch.variable, launch.processes, communicator->size());
  }
  return communicator;
#else
  fail(ErrorKind::usage,
       "{} says that a launcher started several processes, but this mammograft was built without "
       "MPI (CMake: MAMMOGRAFT_MPI)",
       launch.variable);
#endif
}

}  // namespace mammograft
