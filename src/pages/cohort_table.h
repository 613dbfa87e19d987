// What was counted of a cohort, as a page shows it.
#pragma once

#include "cohort/summary.h"
#include "report/table.h"

namespace mammograft {

Table cohort_table(const CohortSummary& summary);  // rows of a name and a text

}  // namespace mammograft
