// An experiment for Snakemake, which runs it on clusters (https://snakemake.readthedocs.io).
#pragma once

#include <filesystem>
#include <string>

#include "experiment/graph.h"

namespace mammograft {

// The text of a Snakefile that lies in the experiment's folder: a rule a task, with the same
// command as in build.ninja, its threads, its memory, and a GPU where it needs one. `program` is
// the command that starts mammograft, on every node.
std::string snakefile_text(const Graph& graph, const std::string& program);

inline constexpr const char* kSnakefile = "Snakefile";

// folder/Snakefile, atomically, and the folder of the tasks' logs.
void write_snakefile(const std::filesystem::path& folder, const Graph& graph,
                     const std::string& program);

}  // namespace mammograft
