// How many real masses a training learns from.
#pragma once

#include <filesystem>

#include "experiment/task.h"

namespace mammograft {

// Those in the images that the command of `task`, a `train detector`, reads; grafts do not count.
// `folder`: of the experiment. Throws as reading the cohorts does.
int learnt_masses(const std::filesystem::path& folder, const Task& task);

}  // namespace mammograft
