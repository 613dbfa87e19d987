// What a detector is to look at: loose files and folders, or the images of a cohort.
#pragma once

#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "detect/search_item.h"
#include "stages/cohort_part.h"

namespace mammograft {

// Files and folders as image/image_files.h has them; ids are places in that order, from 1.
// mm_per_px 0: not known.
std::vector<SearchItem> loose_items(const std::vector<std::string>& inputs, double mm_per_px,
                                    bool keep_going);

// A part of a cohort and loose files: usage error unless just one of the two is given, or for a
// part that is none.
void check_one_source(const std::string& stage, const CohortPart& part,
                      const std::vector<std::string>& files);

// `cohort` must outlive the items.
std::vector<SearchItem> cohort_items(const Cohort& cohort);

}  // namespace mammograft
