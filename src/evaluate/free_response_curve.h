// The empirical FROC of free-response data as RJafroc has it: the lesion localisation fraction,
// LLF, against the non-lesion localisation fraction, NLF, the false marks per case. Chakraborty,
// "Observer Performance Methods for Diagnostic Imaging" (2017), chapters 12 and 13. froc.h counts
// per image what a command line asks for; here a case is whatever is scored as a whole.
#pragma once

#include <vector>

#include "evaluate/free_response.h"

namespace mammograft {

// Over which cases false marks are counted.
enum class NlfCases { all, normal };

// Between two points: straight lines, as RJafroc draws and integrates them, or the step of froc.h,
// the LLF of the last point that is not to the right of an NLF.
enum class FrocRule { straight_lines, steps };

struct LlfPoint {
  double nlf = 0, llf = 0;
};

// From (0, 0) by falling threshold, ties enter together. Lesions without a mark are never reached.
// LLF is NaN without a lesion, NLF without a case to count over.
std::vector<LlfPoint> llf_curve(const FreeResponse& cases, NlfCases over = NlfCases::all);

// Share of lesions that are marked at all; RJafroc's MaxLLF.
double max_llf(const FreeResponse& cases);

// Every false mark counts; RJafroc's MaxNLF (over normal cases) and MaxNLFAllCases.
double max_nlf(const FreeResponse& cases, NlfCases over);

// Area under the curve from 0 to `nlf` >= 0; right of its last point the curve goes on level. Not
// divided by `nlf`. With straight lines over all cases up to max_nlf it is RJafroc's figure of
// merit "FROC".
double llf_curve_area(const std::vector<LlfPoint>& curve, double nlf,
                      FrocRule rule = FrocRule::straight_lines);

}  // namespace mammograft
