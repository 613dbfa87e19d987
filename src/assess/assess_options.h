// How masses are assessed.
#pragma once

#include "assess/classifier.h"
#include "assess/windows.h"

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

}  // namespace mammograft
