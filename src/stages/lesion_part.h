// Whose masses are grafted onto whose images.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "graft/intensity_range.h"
#include "stages/cohort_part.h"

namespace mammograft {

// Backgrounds of one cohort, lesions of the same or of another.
struct LesionsAndBackgrounds {
  Cohort backgrounds, lesions;
};

// A line where several data sets meet and their grey levels are compared as they are: two devices
// draw one tissue differently. `flag`: what the range is called ("--intensity-range").
void warn_of_devices(const LesionsAndBackgrounds& cohorts, const IntensityOptions& intensity,
                     const std::string& flag);

// --lesions COHORT --lesions-split train --held-out
struct LesionPart {
  std::string flag = "--lesions";  // as the command line calls it
  std::vector<std::string> cohorts;
  std::string split;
  bool held_out = false;

  // Throws usage for what does not go with the backgrounds' part.
  void check(const CohortPart& part) const;
  // Nothing of the patients of the part's fold, or with held_out nothing but them. Lesions of
  // patients whom the folds do not know stay in both.
  LesionsAndBackgrounds read(const CohortPart& part) const;

  // Of the backgrounds' part and of this one.
  std::vector<std::filesystem::path> inputs(const CohortPart& part) const;
  Json selection(const CohortPart& part) const;
};

}  // namespace mammograft
