#include "prepare/import_options.h"

#include <algorithm>

#include "core/error.h"

namespace mammograft {

void check_mm_per_px(const std::vector<double>& mm_per_px) {
  const bool spacing_ok =
      mm_per_px.size() <= 2 && std::all_of(mm_per_px.begin(), mm_per_px.end(),
                                           [](double value) { return value > 0 && value < 100; });
  if (!spacing_ok) fail(ErrorKind::usage, "mm_per_px: expected one or two numbers above 0");
}

}  // namespace mammograft
