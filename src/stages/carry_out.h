// Running a stage, or not where it is finished.
#pragma once

#include <cstdint>

#include "core/run_context.h"
#include "nn/communicator.h"
#include "stages/stage.h"

namespace mammograft {

// Whether the output stands there as this stage would make it: made by the same stage from the same
// inputs with the same options and seed (stages/request.h). Throws io.
bool finished(const Stage& stage, uint64_t seed);

// Runs the stage, unless it is finished: then it says so. Anything else that is finished there is a
// usage error that names the first difference; with `force` it is replaced, and so is what a killed
// run left, unless the stage fails before it writes anything. A stage that fails leaves no empty
// folder behind. Of several processes rank 0 decides; the others return or run as it does.
enum class StageOutcome { made, finished_before };
StageOutcome carry_out(Stage& stage, const RunContext& context, bool force = false,
                       Communicator& processes = single_process());

}  // namespace mammograft
