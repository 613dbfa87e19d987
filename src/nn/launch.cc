#include "nn/launch.h"

#include <cstdlib>

#include "core/error.h"
#if defined(MAMMOGRAFT_WITH_MPI)
#include "nn/mpi_communicator.h"
#endif

namespace mammograft {
namespace {

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

std::unique_ptr<Communicator> make_communicator() {
  const Launch launch = find_launch();
  if (launch.processes == 1) return make_single_process();
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
