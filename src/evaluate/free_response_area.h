// Areas under the operating characteristics of free-response data, each as the rank statistic that
// it equals, so that resamples come cheap (stats/rank_area.h).
//
// Chakraborty, "Observer Performance Methods for Diagnostic Imaging" (2017), chapters 13 and 14;
// Chakraborty and Berbaum, "Observer studies involving detection and localization: modeling,
// analysis, and validation", Medical Physics 31 (2004); Swensson, "Unified measurement of observer
// performance in detecting and localizing target objects on images", Medical Physics 23 (1996).
//
// In the formulas K1 cases are normal and K2 diseased, K = K1 + K2; F_k is the highest false mark
// of case k; z_jl is the mark on lesion l of diseased case j, w_jl its weight, L_j their number,
// and L the sum of the L_j. Whatever has no mark is rated -infinity, as in RJafroc: an unmarked
// lesion and a case without a false mark tie. psi(x, y) is 1 where x < y, 1/2 where they tie, else
// 0.
//
// NaN where there is no pair: AFROC, wAFROC and LROC need a normal and a diseased case, AFROC1 and
// wAFROC1 a diseased one. Ratings are not NaN (a defect).
#pragma once

#include "evaluate/free_response.h"
#include "stats/rank_area.h"

namespace mammograft {

// AFROC, lesions weigh alike: sum over k of K1, j, l of psi(F_k, z_jl) / (K1 L).
RankArea afroc_area(const FreeResponse& cases);

// AFROC1, false marks of diseased cases too: sum over k of K, j, l of psi(F_k, z_jl) / (K L).
RankArea afroc1_area(const FreeResponse& cases);

// Weighted AFROC, diseased cases weigh alike: sum over k of K1, j, l of
// w_jl psi(F_k, z_jl) / (K1 K2).
RankArea wafroc_area(const FreeResponse& cases);

// Weighted AFROC1: sum over k of K, j, l of w_jl psi(F_k, z_jl) / (K K2).
RankArea wafroc1_area(const FreeResponse& cases);

// Localisation ROC, A_LROC of Swensson: sum over k of K1, j of c_j psi(F_k, h_j) / (K1 K2), where
// c_j is 1 if the highest mark of case j is on a lesion (higher than every false mark of the case),
// else 0: then the case earns nothing, not even half of a tie with an unmarked normal case.
RankArea lroc_area(const FreeResponse& cases);

}  // namespace mammograft
