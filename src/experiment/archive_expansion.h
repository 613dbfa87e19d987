// The plan of an archive as tasks.
#pragma once

#include <functional>
#include <string>

#include "experiment/archive_plan.h"
#include "experiment/graph.h"

namespace mammograft {

// For every shard one task that prepares it and one that looks for masses in what that made; then
// all cohorts merged, and all detections. Of a cohort that is there every shard looks at its part.
// `digest` and errors as in expand().
Graph expand_archive(const ArchivePlan& plan, const std::string& version,
                     const std::function<std::string(const std::string& path)>& digest);

}  // namespace mammograft
