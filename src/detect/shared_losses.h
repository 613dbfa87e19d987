// The losses of a batch that several processes share.
#pragma once

#include <vector>

#include "detect/detection_network.h"
#include "nn/communicator.h"

namespace mammograft {

// Makes each value this process's part of the loss over the whole batch: its own sum divided by
// max(count over all processes, 1). The parts of all processes add up to the loss that one process
// would have computed, and so do their gradients. One process: nothing changes.
void share_losses(std::vector<LossTerm>& terms, Communicator& processes);

}  // namespace mammograft
