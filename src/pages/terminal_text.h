// What a terminal shows of a result, in a few lines.
#pragma once

#include <string>

#include "assess/assess.h"
#include "evaluate/evaluate.h"

namespace mammograft {

std::string evaluation_text(const EvaluateResult& result);  // a line a set and operating point
std::string assessment_text(const Assessment& assessment);  // a line a set and difference

}  // namespace mammograft
