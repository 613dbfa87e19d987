// How well a logistic regression on measures of appearance tells synthetic from real masses. It is
// a harder judge than the small networks where there are few masses, and says what gives grafts
// away: each group of measures is asked by itself, too.
#pragma once

#include <vector>

#include "assess/mass_sample.h"

namespace mammograft {

// [sample]: the logit, higher = more synthetic, of the regression for the fold in which it is
// tested, learnt from training_part() of that fold; NaN where it is not tested. Seen are `count`
// measures from `first` on; where one is not known it counts as the mean of those learnt from.
// `fold`: test_folds() of the samples. Throws as training_part() does.
std::vector<double> regression_scores(const std::vector<MassSample>& samples,
                                      const std::vector<int>& fold, size_t first, size_t count);

}  // namespace mammograft
