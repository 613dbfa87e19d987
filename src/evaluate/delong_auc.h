// The AUC of patients with DeLong's variance: patients are independent, as that asks for; images
// and breasts are not (stats/delong.h).
#pragma once

#include "evaluate/reading.h"
#include "stats/interval.h"

namespace mammograft {

// Of the AUC by patient, cut off at 0 and 1. NaN with fewer than two patients of a kind.
Interval delong_interval(const Reading& reading, double level);

// Two-sided, that both have the same AUC by patient. NaN as above, and where no variance is left:
// equal scores. The readings must be of the same images.
double delong_p(const Reading& first, const Reading& second);

}  // namespace mammograft
