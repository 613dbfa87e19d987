// Numbers as the pages write them; a dash where they are not known (NaN).
#pragma once

#include <string>

#include "stats/interval.h"

namespace mammograft {

std::string percent(double share, int digits = 1);                  // "81.2 %"
std::string with_interval(double value, const Interval& interval);  // "0.812 (0.741–0.874)"

}  // namespace mammograft
