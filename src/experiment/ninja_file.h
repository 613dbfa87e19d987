// An experiment for Ninja: build.ninja (https://ninja-build.org/manual.html).
#pragma once

#include <filesystem>
#include <string>

#include "experiment/graph.h"

namespace mammograft {

// The text of a build.ninja that lies in the experiment's folder: an edge a task, whose output is
// the file that the task writes last. `program` is the command that starts mammograft.
std::string ninja_text(const Graph& graph, const std::string& program);

// folder/build.ninja, atomically, and the folder of the tasks' logs.
void write_ninja_file(const std::filesystem::path& folder, const Graph& graph,
                      const std::string& program);

}  // namespace mammograft
