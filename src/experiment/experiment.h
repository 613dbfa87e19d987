// An experiment's folder: plan.toml, graph.json, build.ninja, tasks/, logs/ (docs/experiment.md).
#pragma once

#include <filesystem>
#include <string>

#include "core/progress.h"
#include "experiment/graph.h"
#include "experiment/plan.h"

namespace mammograft {

// The plan's tasks; looks at what is there from outside, writes nothing. Throws as expand().
Graph graph_of_plan(const Plan& plan);

// Plans the experiment and writes what Ninja needs into `folder`. `program`: the command that
// starts mammograft. Throws as read_plan(), expand() and writing do.
Graph plan_experiment(const Plan& plan, const std::filesystem::path& folder,
                      const std::string& program);

// Runs what is left. Where tasks failed it writes a report of what is there into folder/report and
// throws bad_input: how many failed, the first one and its log; others as run_ninja().
void run_experiment(const Graph& graph, const std::filesystem::path& folder, int jobs,
                    Progress& progress);

}  // namespace mammograft
