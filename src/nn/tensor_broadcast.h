// One process's tensors to all.
#pragma once

#include "nn/communicator.h"
#include "nn/weights.h"

namespace mammograft {

// Replaces `tensors` by those of rank 0: names, types, shapes and values, on the CPU.
void broadcast(TensorMap& tensors, Communicator& processes);

}  // namespace mammograft
