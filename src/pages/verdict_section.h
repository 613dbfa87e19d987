// What an experiment says, in words that its numbers allow.
#pragma once

#include <string>

#include "report/html.h"
#include "study/outcome.h"

namespace mammograft {

// A number for each arm; a sentence for each, against `real` and against `pie`; what the intervals
// hold and what they do not; where there are several points, a table of all; what is missing.
Section verdict_section(const StudyOutcome& outcome);

// "blend helps: at 0.5 false positives per image it finds 81.2 % of the masses, real 76.0 %: …".
std::string verdict_text(const StudyOutcome& outcome, const ArmDifference& difference);

}  // namespace mammograft
