// How many masses would show a gain.
#pragma once

#include "evaluate/evaluate.h"
#include "report/html.h"

namespace mammograft {

Section power_section(const EvaluateResult& result);

Table power_table(const EvaluateResult& result);  // a row for each result and number of patients

}  // namespace mammograft
