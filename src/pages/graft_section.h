// Grafts for the eye and in numbers: each lesion, its place before, and what every method made of
// it.
#pragma once

#include "pages/assessed_run.h"
#include "report/html.h"

namespace mammograft {

// "Grafts": the blocks of measure_section(), then a gallery of at most `count` pictures, one for
// each lesion at one place (0: no gallery). A picture shows the lesion on its own film, the
// background before, and the graft of every set that has this lesion at this place (as the same
// seed makes them), the place twice as wide as the mass and more, in the films' own pixels. Before
// and after are stretched alike, from the 0.5th to the 99.8th percentile of all their tissue.
// Lesions that the most sets hold come first, in the sets' order. Throws what read_pixels() does.
Section graft_section(const AssessedRun& run, int count);

}  // namespace mammograft
