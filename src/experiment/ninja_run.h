// Ninja, run in an experiment's folder.
#pragma once

#include <filesystem>

#include "core/progress.h"

namespace mammograft {

// Runs what is left of folder/build.ninja, `jobs` tasks at a time. A failed task does not stop
// those that do not need it. Returns whether all are done. Throws io where there is no ninja on
// PATH, cancelled on ctrl-C: then ninja has told its tasks, and they have ended.
bool run_ninja(const std::filesystem::path& folder, int jobs, Progress& progress);

}  // namespace mammograft
