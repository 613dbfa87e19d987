// How well networks told the synthetic from the real masses.
#pragma once

#include "pages/assessed_run.h"
#include "report/html.h"

namespace mammograft {

Section told_apart_section(const Assessment& assessment, const AssessOptions& options);

}  // namespace mammograft
