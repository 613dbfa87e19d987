// The first section of an evaluation's page: what came out, and over what.
#pragma once

#include <vector>

#include "evaluate/evaluate.h"
#include "report/html.h"

namespace mammograft {

// TPR at the operating point nearest to `fppi`; masses; images; patients.
std::vector<Headline> headlines(const SetResult& set, double fppi = 0.5,
                                const std::string& unit = "image");

Facts evaluation_facts(const SetResult& set);  // counts, and what the leak guard could say

// For each result its name (where there are several), a warning where the model learnt from its
// patients, headlines and facts.
Section evaluation_summary(const EvaluateResult& result);

}  // namespace mammograft
