#include "stats/bootstrap_options.h"

#include "core/error.h"

namespace mammograft {

void check(const BootstrapOptions& options) {
  if (options.resamples < 0) {
    fail(ErrorKind::usage, "resamples: found {}, expected 0 or more", options.resamples);
  }
  if (!(options.level > 0 && options.level < 1)) {
    fail(ErrorKind::usage, "level: found {}, expected between 0 and 1", options.level);
  }
}

}  // namespace mammograft
