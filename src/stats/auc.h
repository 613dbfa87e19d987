// The area under the ROC curve as a rank statistic: the chance that a positive scores above a
// negative, ties counting half. Mann and Whitney, Annals of Mathematical Statistics 18 (1947).
// Scores are not NaN.
#pragma once

#include <vector>

#include "stats/patient_resampler.h"

namespace mammograft {

// NaN when either is empty.
double auc(const std::vector<double>& negatives, const std::vector<double>& positives);

struct ScoredCase {
  double score = 0;
  bool positive = false;
  int stratum = 0;            // only scores of one stratum are compared (one network, one reader)
  std::vector<int> patients;  // from whom it comes; it counts as often as times_of() says
};

// The AUC within strata, averaged with the number of pairs as weights, for many resamples: the
// cases are sorted once, a resample is one pass over them.
class StratifiedAuc {
 public:
  explicit StratifiedAuc(const std::vector<ScoredCase>& cases);
  double value(const Times& times = {}) const;  // NaN without a pair

  // Cases in strata that hold both kinds: those of others take part in no pair.
  int negatives() const;
  int positives() const;

 private:
  std::vector<std::vector<ScoredCase>> strata_;  // each by rising score
};

double stratified_auc(const std::vector<ScoredCase>& cases, const Times& times = {});

}  // namespace mammograft
