// An assessment as tables of the files beside its page.
#pragma once

#include "assess/assess.h"
#include "report/table.h"

namespace mammograft {

Table assessment_table(const Assessment& assessment);  // a row a set, the real masses first
Table difference_table(const Assessment& assessment);  // a row for each pair of sets

// For each set the real masses with the scores of its networks, then its own.
Table assessed_mass_table(const Assessment& assessment);

}  // namespace mammograft
