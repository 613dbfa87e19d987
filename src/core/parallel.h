// A plain parallel loop over independent items.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/progress.h"

namespace mammograft {

// Calls body(i) for i in [0, count) on up to `threads` threads (0: all cores). The first exception
// stops the rest and is rethrown here. The order of calls is not defined; results must not depend
// on it. Between items the loop honours check_cancelled().
void parallel_for(int64_t count, int threads, const std::function<void(int64_t)>& body);

// The same under a progress bar.
void parallel_for(const std::string& label, int64_t count, int threads, Progress& progress,
                  const std::function<void(int64_t)>& body);

// Processors that this process may use: those of the machine, less what taskset, a batch system or
// a container (its CPU quota) withholds.
int hardware_threads();

}  // namespace mammograft
