// Training patients held out to choose the best state of a detector. No torch.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/detections.h"
#include "core/options.h"

namespace mammograft {

struct ValidationOptions {
  double share = 0.1;        // of the training patients; 0: none, the last state is kept
  int every = 400;           // steps
  int most_images = 400;     // a large cohort's validation set is a sample
  int least_with_mass = 10;  // patients with a mass held out; fewer choose nothing
  template <typename V>
  void fields(V&& v) {
    v("share", share,
      "share of the training patients held out to choose the best state; 0: keep the last state");
    v("every", every, "steps between validations");
    v("most_images", most_images, "most images that a validation looks at");
    v("least_with_mass", least_with_mass,
      "patients with a mass that the held-out share must hold; with fewer nothing is held out and "
      "the last state is kept");
  }
};

// How good detections are on images with truth: larger is better. Given by the caller, since
// scoring is not this folder's affair.
using ValidationScore =
    std::function<double(const Cohort& truth, const std::vector<Detection>& detections)>;

struct ValidationSplit {
  Cohort training;  // no image with anything of a held-out patient, synthetic ones included
  std::set<std::string> held_out;  // these patients
  Cohort validation;  // real images of held-out patients; none where nothing is held out
};

// Patients with and without a mass are divided alike. Depends on the cohort and the seed alone.
// usage error: a share outside [0, 1).
ValidationSplit split_validation(const Cohort& cohort, const ValidationOptions& options,
                                 uint64_t seed);

}  // namespace mammograft
