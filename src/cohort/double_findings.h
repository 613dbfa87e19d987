// Lesions that an annotation file holds twice: two readers, two copies of a line, an outline and
// its box.
#pragma once

#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

constexpr double kDoubleIou = 0.95;

struct DoubleFinding {
  const Annotation *first, *second;  // in the cohort's order
  double iou = 0;                    // of the boxes; 1: the same
};

// Pairs of one image and category whose boxes are the same or have an IoU above 0.95, which two
// lesions beside or within each other do not reach. Regions to ignore are not looked at: they may
// lie over each other. Points into the cohort.
std::vector<DoubleFinding> find_double_findings(const Cohort& cohort);

// The rule of evaluate: such findings are scored as they stand in the file, so that one of a pair
// is missed for good (a detection finds one mass), and a warning says it. This is its text; empty
// where there are none.
std::string double_findings_text(const Cohort& cohort);

}  // namespace mammograft
