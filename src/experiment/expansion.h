// A plan as tasks: which commands an experiment is made of.
#pragma once

#include <functional>
#include <string>

#include "experiment/graph.h"
#include "experiment/plan.h"

namespace mammograft {

// For every fold and seed: the blenders that the arms need, their grafts, the detectors, what these
// find in patients held out, and the check of whom all that learnt from (lineage.h); then the score
// of all arms by every rule. What arms have in common is one task. All this for every number of
// patients to learn from, every point of the budget and every point along a training; at the end a
// report for every rule. The graph's layout says which task is which training.
//
// `digest` recognises what is there from outside: digest_of() of stages/request.h; it is asked once
// for a path. Throws bad_input for a cohort or a file that is not there.
Graph expand(const Plan& plan, const std::string& version,
             const std::function<std::string(const std::string& path)>& digest);

}  // namespace mammograft
