// What an experiment says, in words that its numbers allow.
#pragma once

#include <string>

#include "report/html.h"
#include "study/outcome.h"

namespace mammograft {

// What is missing; what shows, in a sentence; a number for each arm; a sentence for each, against
// `real` and against `pie`; what the intervals hold and what they do not.
Section verdict_section(const StudyOutcome& outcome);

// Every point against `real`, a column an arm; no blocks where there is one point.
Section points_section(const StudyOutcome& outcome);

// "blend finds more than real: at 0.5 false positives per image it finds 81.2 % of the masses, …".
std::string verdict_text(const StudyOutcome& outcome, const ArmDifference& difference);

}  // namespace mammograft
