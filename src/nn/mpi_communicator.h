// The processes that mpirun or srun started, through MPI. Only where the build found MPI.
#pragma once

#include <memory>

#include "nn/communicator.h"

namespace mammograft {

// Initialises MPI, once in the life of a process; finalises it when destroyed. An error of MPI ends
// all processes.
std::unique_ptr<Communicator> make_mpi_communicator();

}  // namespace mammograft
