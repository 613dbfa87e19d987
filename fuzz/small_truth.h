// A truth on which arbitrary results are read.
#pragma once

#include "cohort/cohort.h"

namespace mammograft {

inline const Cohort& small_truth() {
  static const Cohort truth = [] {
    Cohort cohort;
    cohort.categories = {{1, "mass"}, {2, "cyst"}};
    for (const char* name : {"a.png", "p1/1.png", "p2/1.png", "p2/b.dcm"}) {
      ImageRecord& image = cohort.images.emplace_back();
      image.id = static_cast<int64_t>(cohort.images.size());
      image.file_name = name;
      image.width = 200;
      image.height = 400;
    }
    return cohort;
  }();
  return truth;
}

}  // namespace mammograft
