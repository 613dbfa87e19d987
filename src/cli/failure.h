// How the program says what went wrong.
#pragma once

#include <functional>

#include "nn/communicator.h"

namespace mammograft {

// Inside of a catch block: prints the exception as one line; returns the exit code that it stands
// for.
int report_failure();

// Runs `body` in every process; only that of rank 0 says how it goes. An exception in one of
// several is reported and ends them all.
void run_in_all(Communicator& processes, const std::function<void()>& body);

}  // namespace mammograft
