// Systems beside each other as tables: of the files beside the page, and narrower ones of the page.
#pragma once

#include "evaluate/evaluate.h"
#include "report/table.h"

namespace mammograft {

Table figure_table(const EvaluateResult& result);      // a row for each system and figure of merit
Table difference_table(const EvaluateResult& result);  // ... pair of systems and figure
Table fold_table(const EvaluateResult& result);        // ... result, FPPI and fold, and their mean

}  // namespace mammograft
