// Numbers as the pages write them; a dash where they are not known (NaN).
#pragma once

#include <string>

#include "stats/interval.h"

namespace mammograft {

std::string percent(double share, int digits = 1);                  // "81.2 %"
std::string with_interval(double value, const Interval& interval);  // "0.812 (0.741–0.874)"
std::string signed_with_interval(double value,
                                 const Interval& interval);     // "+0.052 (−0.011 to +0.115)"
std::string points(double difference);                          // "+5.2": of a hundred
std::string p_text(double p);                                   // "0.041", "< 0.001"
std::string mean_and_deviation(double mean, double deviation);  // "0.812 ± 0.041"

}  // namespace mammograft
