// Variances and covariances of AUCs without resampling: DeLong, DeLong and Clarke-Pearson,
// "Comparing the areas under two or more correlated receiver operating characteristic curves",
// Biometrics 44 (1988). Cases are taken as independent; several of one patient are not.
#pragma once

#include <vector>

namespace mammograft {

// Where every case lies among those of the other kind, ties counting half: the paper's V01 and V10
// (equations 5 and 4). Their means are the AUC.
struct Placements {
  std::vector<double> negatives;  // [negatives]: share of the positives that score above it
  std::vector<double> positives;  // [positives]: share of the negatives that score below it
};

// In O(n log n). All empty when one kind is missing. A score that is NaN is a defect.
Placements placements_of(const std::vector<double>& negatives,
                         const std::vector<double>& positives);

// Of two AUCs of the same cases in the same order. NaN with fewer than two cases of a kind.
double delong_covariance(const Placements& first, const Placements& second);
double delong_variance(const Placements& placements);

}  // namespace mammograft
