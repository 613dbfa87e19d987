// The gallery of an evaluation: best, typical and missed masses, and the worst false alarms.
#pragma once

#include <vector>

#include "evaluate/evaluate.h"
#include "report/html.h"

namespace mammograft {

// `cases` pictures of each kind at the operating point nearest to `fppi`; a sentence instead where
// the truth has no pixels. Throws io or bad_input where one of its images cannot be read.
std::vector<Block> case_gallery(const SetResult& set, int cases, double fppi);

// Masses that one of two results on the same images finds and the other misses, both ways; as
// above.
std::vector<Block> disagreement_gallery(const SetResult& first, const SetResult& second, int cases,
                                        double fppi);

}  // namespace mammograft
