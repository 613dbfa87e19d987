// Resampling by patient: what comes from one patient is not independent, so patients are drawn as a
// whole and everything of theirs counts as often as they were drawn.
#pragma once

#include <functional>
#include <vector>

#include "core/rng.h"

namespace mammograft {

using Times = std::vector<int>;  // [patients]: how often each counts

// Something made from several patients counts as often as the product of theirs (Owen, "The
// pigeonhole bootstrap", Annals of Applied Statistics 1 (2007): conservative where things share
// patients on one side only). `times` empty: 1.
double times_of(const std::vector<int>& patients, const Times& times);

// Draws as many patients as there are, with replacement. Patients of different strata (the folds of
// a cross-validation) are drawn apart, so every stratum keeps its size. Whatever else is drawn as a
// whole, such as the seeds of trainings, can be "patients" of a stratum of their own.
class PatientResampler {
 public:
  // Whether a resample holds what the statistics need: one that does not is drawn again.
  using Usable = std::function<bool(const Times&)>;

  // stratum_of: [patients], any numbers. The sample itself must be usable (else: a defect), for
  // otherwise nothing may ever be.
  explicit PatientResampler(const std::vector<int>& stratum_of, Usable usable = {});

  Times sample() const { return Times(patients_, 1); }  // everybody once
  Times draw(Rng& rng) const;

 private:
  Times draw_once(Rng& rng) const;

  std::vector<std::vector<size_t>> strata_;  // in the order of their numbers
  size_t patients_ = 0;
  Usable usable_;
};

}  // namespace mammograft
