// Paired permutation tests: Good, "Permutation, Parametric and Bootstrap Tests of Hypotheses"
// (2005), and Holm's correction of several of them.
#pragma once

#include <string_view>
#include <vector>

#include "stats/bootstrap.h"

namespace mammograft {

struct PermutationOptions {
  int permutations = 2000;
  int64_t seed = 1;
  int threads = 0;  // 0: all cores; they change no result
};

// Whether two systems differ on the same patients: under the null a patient's results could as well
// be the other system's. `statistics` are those of patients 0 .. n-1 with the first system's
// results and n .. 2n-1 with the second's; the difference is that of the first set of results minus
// that of the second. Two-sided, (1 + extreme) / (1 + permutations) (Phipson and Smyth, 2010);
// NaN where the difference is. Throws cancelled.
std::vector<double> paired_permutation_p(size_t patients, const BlockStatistics& statistics,
                                         const PermutationOptions& options,
                                         std::string_view stream);

// p-values of several tests so that the chance of one wrong finding among all of them stays below
// what is chosen: Holm, Scandinavian Journal of Statistics 6 (1979). NaN stay, and do not count.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace mammograft
