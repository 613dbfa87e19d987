// The report of an experiment, from what its folder holds.
#pragma once

#include <filesystem>
#include <string>

#include "experiment/graph.h"

namespace mammograft {

// Everything that is scored by `rule` (one of the plan's: else a usage error) into `out`
// (pages/experiment_report.h). Of an experiment that is not finished what is there so far: the page
// says what is missing. Throws bad_input where no training is whole, io without gnuplot, and as
// reading does.
void report_experiment(const Graph& graph, const std::filesystem::path& folder,
                       const std::string& rule, const std::filesystem::path& out);

// By every rule of the plan, each into its report_folder().
void report_experiment(const Graph& graph, const std::filesystem::path& folder,
                       const std::filesystem::path& out);

// `out`, or where the plan has several rules a folder of it for each.
std::filesystem::path report_folder(const Graph& graph, const std::filesystem::path& out,
                                    const std::string& rule);

}  // namespace mammograft
