// Windows of an assessment: drawn at random, and those at both ends of the networks' scores.
#pragma once

#include "pages/assessed_run.h"
#include "report/html.h"

namespace mammograft {

// `count` masses of each set, the real ones first, as one picture a set; the same for one seed.
Section random_windows(const AssessedRun& run, int count, int side_px);

// Six masses of each synthetic set that look most like real ones and six that look least, with
// their scores. Masses that were not tested are not shown.
Section windows_by_score(const AssessedRun& run, int side_px);

// Indices of the tested masses of a set by rising score: the most like real ones first.
std::vector<size_t> by_score(const AssessedSet& set);

}  // namespace mammograft
