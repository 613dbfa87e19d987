// A cohort's patients in folds.
#pragma once

#include "core/options.h"
#include "stages/stage.h"

namespace mammograft {

struct SplitOptions {
  int folds = 5;
  template <typename V>
  void fields(V&& v) {
    v("folds", folds, "number of folds");
  }
};

class SplitStage : public Stage {
 public:
  SplitOptions split;
  std::vector<std::string> cohorts;  // each divided by itself
  fs::path out;                      // folds.json

  std::string name() const override { return "split"; }
  Output output() const override { return {out, ""}; }
  std::vector<fs::path> inputs() const override { return {cohorts.begin(), cohorts.end()}; }
  Json options() const override { return to_json(split); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
