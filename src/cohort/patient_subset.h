// Learning from fewer patients: a learning curve's points.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/folds.h"

namespace mammograft {

// Folds in which `with_mass` patients of the cohort with a mass, drawn at random among those who
// are not held out in `fold` of `folds`, stay to be learnt from, with everybody without a mass; the
// others are held out too. Without folds everybody may be drawn, and who is left out is in fold 0
// of two. Of one seed a larger draw holds the smaller ones, and draws depend on who may be drawn
// alone, not on the order of images.
//
// usage: fewer than 1. bad_input: there are not as many, or the folds do not know a patient.
Folds patient_subset(const Cohort& cohort, const std::optional<Folds>& folds, int fold,
                     int with_mass, uint64_t seed);

// Those folds, `kept`, for grafts of the masses of another cohort: of its patients who are not in
// `learnt`, the cohort above, as many with a mass stay to be grafted from, drawn in the same way;
// the others are held out too. Those who are in `learnt` were drawn there.
//
// bad_input: there are some, but not as many.
Folds lesion_subset(const Cohort& lesions, const Cohort& learnt, Folds kept, int fold,
                    int with_mass, uint64_t seed);

}  // namespace mammograft
