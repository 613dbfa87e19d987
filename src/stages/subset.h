// Fewer patients to learn from, as folds.
#pragma once

#include "core/options.h"
#include "stages/lesion_part.h"
#include "stages/stage.h"

namespace mammograft {

struct SubsetOptions {
  int patients = 25;
  template <typename V>
  void fields(V&& v) {
    v("patients", patients, "with a mass, to learn from");
  }
};

// Cohorts, folds and split say who may be drawn: the training part. Everybody of `others`, cohorts
// that are read with the same folds, may be learnt from. Of other lesions as many patients stay.
class SubsetStage : public Stage {
 public:
  SubsetOptions subset;
  CohortPart part;
  LesionPart lesions;
  std::vector<std::string> others;
  fs::path out;  // folds.json

  std::string name() const override { return "subset"; }
  Output output() const override { return {out, ""}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override { lesions.check(part); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
