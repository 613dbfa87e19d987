// In which order detections of one image choose their masses.
#pragma once

#include "cohort/detections.h"

namespace mammograft {

// By falling score. Equal scores by the box (x0, y0, x1, y1), then without a mask first, then by
// the mask's runs: what still ties is the same detection twice, so the order of a file has no say.
bool ranks_before(const Detection& a, const Detection& b);

}  // namespace mammograft
