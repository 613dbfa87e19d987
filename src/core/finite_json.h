// Numbers for JSON, which has no NaN and no infinity.
#pragma once

#include <cmath>
#include <vector>

#include "core/json.h"

namespace mammograft {

// null where the number is not finite: what is not known, a threshold that no score reaches.
inline Json finite_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

inline Json finite_json(const std::vector<double>& values) {
  Json list = Json::array();
  for (double value : values) list.push_back(finite_json(value));
  return list;
}

}  // namespace mammograft
