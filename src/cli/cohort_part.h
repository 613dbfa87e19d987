// Which cohorts, and which part of them, a subcommand works on.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cohort/cohort.h"

namespace mammograft {

// --cohort A --cohort B --folds folds.json --fold 0 --split train
struct CohortPart {
  std::vector<std::string> cohorts;
  std::string folds;
  int fold = -1;
  std::string split;

  void add_to(CLI::App& app, bool required);
  // The cohorts joined, without (training) or only (testing) the patients of the fold.

  Cohort training() const;
  Cohort testing() const;

 private:
  Cohort read() const;
};

}  // namespace mammograft
