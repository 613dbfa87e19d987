// The standard normal distribution.
#pragma once

namespace mammograft {

double normal_cdf(double z);

// The inverse: -infinity for 0, infinity for 1; `share` outside of [0, 1] is a defect.
double normal_quantile(double share);

}  // namespace mammograft
