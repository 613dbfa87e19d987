// How real do synthetic masses look? Measures of each mass, and how well a small network tells the
// synthetic from the real ones.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assess/assess_input.h"
#include "assess/assessed_set.h"
#include "assess/classifier.h"
#include "assess/windows.h"
#include "cohort/folds.h"
#include "core/progress.h"
#include "stats/auc_comparison.h"

namespace mammograft {

struct AssessOptions {
  WindowOptions window;
  ClassifierOptions classifier;
  int fold_count = 5;
  double dilation_mm = 1.0;
  int resamples = 2000;
  double level = 0.95;
  bool told_apart = true;
  template <typename V>
  void fields(V&& v) {
    window.fields(v);
    v("fold_count", fold_count, "folds by patient where no file gives them");
    v("dilation_mm", dilation_mm,
      "how far beyond the mask of a lesion that is not scaled a graft changes the image, where its "
      "cohort does not say it: there the seam is looked for, of real masses too");
    v("resamples", resamples, "bootstrap resamples of patients; 0: no intervals");
    v("level", level, "confidence level of the intervals");
    v("told_apart", told_apart,
      "train networks that tell real from synthetic masses apart; without, only measures, in "
      "seconds");
    v.group("classifier", classifier);
  }
};

// Key of an annotation's attributes: what a detector that never saw the patients gave the mass.
inline constexpr const char* kDetectorScore = "detector_score";

struct Assessment {
  AssessedSet real;
  std::vector<AssessedSet> sets;
  std::vector<PairedDifference> differences;  // of the sets' AUC, by index
  std::vector<std::string> patients;
  Folds folds;                          // only measured, and none given: one
  std::shared_ptr<const void> origins;  // what `source` and `background` may point into
};

// The result points into the cohorts of `input`. Where told_apart is off nobody is tested: scores
// and AUC are NaN, and there are no differences. Throws bad_input (names cohort and image) where a
// cohort has no mass, a real image is synthetic, a synthetic one has no provenance, not one mass,
// or a lesion that no cohort holds, where the grafts of a set reach differently far beyond their
// masses (info.synthesis.options.lesion.dilation_mm), where a patient is in no fold, and where no
// synthetic mass of a set can be tested; usage for sets of one name. Same seed, same result, on any
// number of threads.
Assessment assess(const AssessInput& input, const AssessOptions& options, uint64_t seed,
                  int threads, Progress& progress);

}  // namespace mammograft
