// Numbers for JSON, which has no NaN and no infinity.
#pragma once

#include <cmath>

#include "core/json.h"

namespace mammograft {

// null where the number is not finite: what is not known, a threshold that no score reaches.
inline Json finite_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

}  // namespace mammograft
