// A truth, in whichever of the forms that are read.
#pragma once

#include <filesystem>

#include "cohort/cohort.h"
#include "exchange/exchange_options.h"

namespace mammograft {

// A cohort's folder or any COCO file (cohort/cohort.h), or a table (exchange/truth_csv.h); which of
// them, its content decides. Warns of lesions that it holds twice (cohort/double_findings.h).
// Throws as the readers do.
Cohort read_truth(const std::filesystem::path& path, const TableOptions& options);

}  // namespace mammograft
