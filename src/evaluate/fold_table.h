// The folds of a cross-validation, each scored by itself.
#pragma once

#include <vector>

#include "evaluate/pooling.h"
#include "evaluate/set_result.h"

namespace mammograft {

// Fills set.folds, where every one of several files says which images it searched, and
// set.fold_of_patient. Warns of patients who lie in several folds. `set` has its truth, reading and
// files; `fppi` as its operating points have them.
void add_folds(const Pool& pool, const std::vector<double>& fppi, SetResult& set);

}  // namespace mammograft
