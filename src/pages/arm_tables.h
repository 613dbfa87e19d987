// An experiment as tables: those of the files beside its page, and those of the page.
#pragma once

#include "report/table.h"
#include "study/outcome.h"

namespace mammograft {

// Of the files.
Table arm_table(const StudyOutcome& outcome);        // arms.csv: a row a point, arm and FPPI
Table arm_group_table(const StudyOutcome& outcome);  // groups.csv: a row a group and arm
Table worth_table(const StudyOutcome& outcome);      // worth.csv: a row a point and arm with grafts
Table cost_table(const StudyOutcome& outcome);       // costs.csv: a row a stage
Table arm_cost_table(const StudyOutcome& outcome);  // arm_costs.csv: a row an arm, a column a stage

// Of the page, at a point: a row an arm, a column each of 0.1, 0.25, 0.5, 0.8 and 1 FPPI.
Table pooled_rows(const StudyOutcome& outcome, size_t point);
Table fold_rows(const StudyOutcome& outcome, size_t point);  // and a row of what is quoted
Table seed_rows(const StudyOutcome& outcome, size_t point);
Table difference_rows(const StudyOutcome& outcome, size_t point, size_t against);
// The same columns, over all points together, to `real`; no rows where there is one point.
Table mean_difference_rows(const StudyOutcome& outcome);
// Whether a page has room for a group; the file has all of them.
bool is_shown(const ArmGroup& group);
// By group, a column an arm: rates, or what they gain against `real`.
Table group_rate_rows(const StudyOutcome& outcome);
Table group_gain_rows(const StudyOutcome& outcome);

Table worth_rows(const StudyOutcome& outcome);
// "48", "more than 48": of real masses.
std::string place_words(const CurvePlace& place);

}  // namespace mammograft
