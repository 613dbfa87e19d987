// An evaluation as tables of the files beside its page; every row names its result (detector),
// and those of the first three its rule.
#pragma once

#include "evaluate/evaluate.h"
#include "report/table.h"

namespace mammograft {

Table operating_table(const EvaluateResult& result);  // a row for each result and FPPI
Table group_table(const EvaluateResult& result);      // ... and group of masses
Table curve_table(const EvaluateResult& result);      // the corners of the FROC
Table mass_table(const EvaluateResult& result);       // every true mass: found at which score
Table detection_table(const EvaluateResult& result);  // every detection and what became of it

// The same with a last column "rule", short_rule() in every row.
Table with_rule(Table table, const EvaluateOptions& options);

}  // namespace mammograft
