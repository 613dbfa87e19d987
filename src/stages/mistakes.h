// Where a detector is wrong: the masses that it misses, and the images in which it marks what is no
// mass. Grafts of these masses onto these images are for a second round.
#pragma once

#include <filesystem>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/options.h"
#include "graft/drawn_often.h"

namespace mammograft {

struct MistakesOptions {
  double fppi = 0.5;
  int64_t times = 3;
  template <typename V>
  void fields(V&& v) {
    v("fppi", fppi,
      "where scores are cut: what lies above is a mark; so many false ones an image there are");
    v("times", times,
      "how often a missed mass and an image with a false mark are drawn, as often as others");
  }
};

void check(const MistakesOptions& options);  // throws usage

struct Mistakes {
  DrawnOften often;
  PatientSet patients_hashed;  // from whom the detectors learnt
};

// `detections`: of images of `cohort`, by one detector or several (of folds, out of fold or not:
// what a detector misses in images that it learnt from is hard, too). Images that `part`, a part of
// the cohort, lacks say nothing: those of a fold's patients. A mass is found where the centre of a
// mark lies in its box. Takes `threads` threads (0: all cores). Throws io and bad_input as
// read_results() and evaluate() do; bad_input where a file does not say which images were searched,
// or searched none of the part.
Mistakes find_mistakes(const std::vector<std::filesystem::path>& detections,
                       const MistakesOptions& options, const Cohort& cohort, const Cohort& part,
                       int threads);

}  // namespace mammograft
