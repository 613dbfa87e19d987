// The folder of a training: run.json says what was begun there.
#pragma once

#include "core/json.h"
#include "core/run_folder.h"

namespace mammograft {

// Writes run/run.json. Where a checkpoint lies there already, the training goes on instead, and
// "options", "seed" and "input" of `description` must be those of run.json: usage error otherwise.
// A run that stopped before its first checkpoint (an --init that cannot be read) binds nobody.
void begin_run(const RunFolder& run, const Json& description);

}  // namespace mammograft
