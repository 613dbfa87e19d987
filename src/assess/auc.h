// The area under the ROC curve as a rank statistic, and its interval by resampling patients.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/rng.h"
#include "evaluate/bootstrap.h"

namespace mammograft {

// The chance that a positive scores above a negative, ties counting half (Mann and Whitney 1947).
// NaN when either is empty.
double auc(const std::vector<double>& negatives, const std::vector<double>& positives);

// Something scored: a window by a classifier of one fold.
struct ScoredMass {
  double score = 0;
  bool synthetic = false;     // the positive class
  int fold = 0;               // scores of different folds come from different networks
  std::vector<int> patients;  // from whom it was made: one, or two for lesion and background
};

// The AUC within folds, averaged with the number of pairs as weights: only scores of one network
// are compared. `times` (empty: all 1) says how often each patient counts; a mass of several
// patients counts as often as the product. NaN without a pair.
double fold_auc(const std::vector<ScoredMass>& masses, const std::vector<double>& times = {});

// Draws patients with replacement, within folds. A mass of two patients counts times(p) * times(q)
// (Owen, "The pigeonhole bootstrap", Annals of Applied Statistics 1 (2007): conservative where
// masses share patients on one side only).
class PatientResampler {
 public:
  // fold_of: [patients]. The patients of different folds are drawn apart.
  explicit PatientResampler(const std::vector<int>& fold_of);
  std::vector<double> draw(Rng& rng) const;  // [patients], how often each counts

 private:
  std::vector<std::vector<size_t>> folds_;
  size_t patients_ = 0;
};

double times_of(const std::vector<int>& patients, const std::vector<double>& times);

struct AucEstimate {
  double value = 0;  // NaN when nothing was tested
  Interval interval;
  int real = 0, synthetic = 0;  // tested masses in folds that hold both
};

struct AucDifference {
  size_t first = 0, second = 0;  // sets
  double value = 0;              // AUC of the first minus AUC of the second
  Interval interval;
  double below_zero = 0;  // share of resamples in which the first is lower
};

struct AucComparison {
  std::vector<AucEstimate> sets;
  std::vector<AucDifference> differences;  // every pair, in the order of the sets
};

// The sets share their patients, and so their resamples: differences are paired. Resamples that
// leave a set without a pair do not count for it. Without resamples the intervals are NaN.
AucComparison compare_auc(const std::vector<std::vector<ScoredMass>>& sets,
                          const std::vector<int>& fold_of_patient, const BootstrapOptions& options);

// Percentile interval of resampled values; those that are NaN do not count.
Interval percentile_interval(std::vector<double> values, double level);

}  // namespace mammograft
