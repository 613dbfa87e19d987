// Which cohorts, and which part of them, a stage works on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cohort/cohort.h"
#include "cohort/patient_set.h"
#include "core/json.h"

namespace mammograft {

// --cohort A --cohort B --folds folds.json --fold 0 --split train
struct CohortPart {
  std::vector<std::string> cohorts;
  std::string folds;
  int fold = -1;
  std::string split;

  // Throws usage: --folds without --fold, or the other way round.
  void check() const;
  // The cohorts joined, without (training) or only (testing) the patients of the fold.
  Cohort training() const;
  Cohort testing() const;

  std::vector<std::filesystem::path> inputs() const;  // the cohorts and the folds
  Json selection() const;                             // fold and split
};

// Throws bad_input where a network, that of the file `model`, learnt from a patient of the part's
// fold.
void refuse_held_out(const PatientSet& learnt, const std::filesystem::path& model,
                     const CohortPart& part);

// The cohorts joined, their images of one split (empty: all) and synthetic ones that are of none.
// `option` is for the usage error of a split that no image has.
Cohort read_joined(const std::vector<std::string>& cohorts, const std::string& split,
                   const std::string& option);

}  // namespace mammograft
