// Whether scores are probabilities: what share of those around 0.7 is right?
#pragma once

#include <vector>

#include "stats/interval.h"
#include "stats/labelled_score.h"

namespace mammograft {

struct ReliabilityBin {
  double low = 0, high = 0;  // scores from low to below high; the last bin holds 1
  int count = 0, positives = 0;
  double mean_score = 0, share = 0;  // of positives; NaN in an empty bin
  Interval interval;                 // of the share: Wilson's, cases taken as independent
};

struct Reliability {
  std::vector<ReliabilityBin> bins;  // of equal width, over [0, 1]
  // Expected calibration error: the mean of |share - mean score|, bins weighing as their counts.
  // Naeini, Cooper and Hauskrecht, AAAI 2015. NaN without a case.
  double expected_error = 0;
};

// Scores outside [0, 1] count in the first and the last bin.
Reliability reliability_of(const std::vector<LabelledScore>& cases, int bins = 10,
                           double level = 0.95);

}  // namespace mammograft
