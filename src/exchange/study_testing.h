// A small study for tests. Only for *_test.cc files.
#pragma once

#include <string>
#include <vector>

#include "exchange/reader_study.h"

namespace mammograft {

// Two modalities with two readers each, of two normal and three diseased cases. Names hold what the
// formats split at.
inline std::vector<StudyResult> small_results() {
  const FreeResponse cases = {{"a", 0, {}, {0.5, 0.25}},
                              {"b", 1, {{0.75, 0.5}, {kUnmarked, 0.5}}, {}},
                              {"d d", 2, {{0.125, 1}}, {0.5}},
                              {"c", 3, {{kUnmarked, 1}}, {}},
                              {"e", 4, {}, {}}};
  FreeResponse others = cases;
  others[0].false_marks = {0.0625};
  others[3].lesions[0].rating = 1e-5;
  return {{"plain", "seed 1", cases},
          {"plain", "seed 2", others},
          {"grafts, 2x", "seed 1", others},
          {"grafts, 2x", "seed 2", cases}};
}

}  // namespace mammograft
