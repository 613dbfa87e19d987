// assessment.json (docs/formats.md).
#pragma once

#include "core/json.h"
#include "pages/assessed_run.h"

namespace mammograft {

Json assessment_json(const AssessedRun& run);  // what is NaN or infinite is null

}  // namespace mammograft
