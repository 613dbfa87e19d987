// A lesion brought to the level of a background by a membrane: the harmonic function that equals
// their difference along the rim of omega. Poisson image editing with the lesion's own gradients
// (Perez, Gangnet and Blake 2003).
#pragma once

#include <opencv2/core.hpp>

#include "graft/graft_window.h"
#include "graft/seated_lesion.h"

namespace mammograft {

struct MembraneOptions {
  double tolerance = 1e-6;  // relative residual of the solver
  // A membrane that meets the lesion's rim takes off what of the lesion lies there, some percent of
  // its contrast. Given back: what the lesion adds is brought to the window's contrast, by a factor
  // of at most this, either way. 1: nothing is. Its fine structure, of which the membrane took
  // nothing, stays as strong as it was.
  double give_back = 1.2;
};

// Where the background is so bright that the lesion would end in white, what it adds is brought
// down, by half at most.
SeatedLesion on_membrane(const GraftWindow& window, const MembraneOptions& options = {});

}  // namespace mammograft
