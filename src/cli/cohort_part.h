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

// Backgrounds of one cohort, lesions of the same or of another.
struct LesionsAndBackgrounds {
  Cohort backgrounds, lesions;
};

// --lesions COHORT --lesions-split train --held-out
struct LesionPart {
  std::vector<std::string> cohorts;
  std::string split;
  bool held_out = false;

  void add_to(CLI::App& app, bool with_held_out);
  // Nothing of the patients of the part's fold, or with held_out nothing but them. Lesions of
  // patients whom the folds do not know stay in both.
  LesionsAndBackgrounds read(const CohortPart& part) const;
};

}  // namespace mammograft
