// An assessment with all that its pages read beside it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "assess/assess.h"

namespace mammograft {

// The picture of a mass, `side_px` long or longer (assess/windows.h); called from several threads.
using MassPainter = std::function<MassPicture(const MassRef& mass, int side_px)>;

struct AssessedRun {
  const Assessment& assessment;  // outlives this, as the cohorts do that it points into
  const AssessOptions& options;  // under which it was made; outlives this too
  uint64_t seed = 1;             // of the choice of pictures
  int threads = 0;               // 0: all cores
  MassPainter paint;
};

// The real masses, then the synthetic sets.
std::vector<const AssessedSet*> all_sets(const Assessment& assessment);

}  // namespace mammograft
