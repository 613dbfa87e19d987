// The processes that a launcher started. No torch in this header, no MPI.
#pragma once

#include <memory>

#include "nn/communicator.h"

namespace mammograft {

// All processes that the launcher (mpirun, srun) started with this one; a single process where
// there is no launcher, without a look at MPI. usage error: the launcher started several, but this
// program was built without MPI, or its MPI finds another number.
std::unique_ptr<Communicator> make_communicator();

}  // namespace mammograft
