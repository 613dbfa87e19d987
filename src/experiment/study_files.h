// What the folder of an experiment holds of the study that its graph lays out.
#pragma once

#include <filesystem>

#include "experiment/graph.h"
#include "stages/evaluate.h"
#include "study/study.h"

namespace mammograft {

// Throws bad_input for the graph of an earlier version, which has no layout, and where no training
// is whole: every fold found and checked.
void require_trainings(const Graph& graph, const std::filesystem::path& folder);

// How the plan scores, by one of its rules. Throws bad_input for options that are none.
EvaluateStageOptions score_options(const Layout& layout, const std::string& rule);

// Those who are tested. Throws as read_truth().
Cohort read_tested(const std::filesystem::path& folder, const Layout& layout,
                   const EvaluateStageOptions& options);

// The trainings of which every fold is found and checked (lineage.h), all other tasks that are not
// done, what those that are have cost. Throws as reading does.
Study read_study(const std::filesystem::path& folder, const Graph& graph, const Cohort& tested,
                 const EvaluateStageOptions& options);

}  // namespace mammograft
