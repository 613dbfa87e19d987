// An experiment's folder: plan.toml, graph.json, build.ninja, tasks/, logs/ (docs/experiment.md).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/progress.h"
#include "experiment/graph.h"
#include "experiment/study_lock.h"

namespace mammograft {

struct PlannedExperiment {
  Graph graph;
  std::optional<StudyLock> lock = {};  // of the folder, as long as the plan is at work
};

// Reads a plan, of an experiment or of an archive, and writes what Ninja needs into `folder`; with
// `snakemake`, and where there is one already, the Snakefile too. Paths in the copy that lies in an
// experiment's folder count from where the plan itself lies. `program`: the command that starts
// mammograft. Throws as read_plan(), expand() and writing do.
PlannedExperiment plan_experiment(const std::filesystem::path& plan,
                                  const std::filesystem::path& folder, const std::string& program,
                                  bool snakemake = false);

// The plan's tasks; looks at what is there from outside, writes nothing. Throws as
// plan_experiment().
Graph graph_of_plan(const std::filesystem::path& plan);

// Runs what is left. Where tasks failed it writes a report of what is there into folder/report and
// throws bad_input: how many failed, the first one and its log; cancelled where some were only
// stopped; io before the first task where gnuplot is missing that a later one needs; others as
// run_ninja(). A report of an earlier run is renewed where it is behind.
void run_experiment(const Graph& graph, const std::filesystem::path& folder, int jobs,
                    Progress& progress);

}  // namespace mammograft
