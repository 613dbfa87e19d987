// What was measured on real and synthetic masses: contrast, seams, texture, background.
#pragma once

#include "pages/assessed_run.h"
#include "report/html.h"

namespace mammograft {

// Two tables with a row for each set, the real masses first, and a warning for each set of which
// masses or backgrounds are missing.
Section measure_section(const Assessment& assessment, const AssessOptions& options);

}  // namespace mammograft
