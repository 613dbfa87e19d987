// Options out of range: usage errors that name the option ("data.grid_mm: found -1, expected above
// 0").
#pragma once

#include <string>

#include "core/error.h"

namespace mammograft {

inline void expect_at_least(const std::string& name, double value, double least) {
  if (!(value >= least))
    fail(ErrorKind::usage, "{}: found {}, expected {} or more", name, value, least);
}

inline void expect_above(const std::string& name, double value, double bound) {
  if (!(value > bound))
    fail(ErrorKind::usage, "{}: found {}, expected above {}", name, value, bound);
}

inline void expect_share_below_one(const std::string& name, double value) {
  if (!(value >= 0 && value < 1))
    fail(ErrorKind::usage, "{}: found {}, expected 0 or more and below 1", name, value);
}

inline void expect_within(const std::string& name, double value, double least, double most) {
  if (!(value >= least && value <= most))
    fail(ErrorKind::usage, "{}: found {}, expected {} to {}", name, value, least, most);
}

inline void expect_ordered(const std::string& names, double low, double high) {
  if (!(low <= high))
    fail(ErrorKind::usage, "{}: found {} and {}, expected the second to be no smaller", names, low,
         high);
}

}  // namespace mammograft
