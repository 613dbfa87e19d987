// Circles and boxes of a cohort replaced by the outlines of the masses in them.
#pragma once

#include "prepare/refine.h"
#include "stages/stage.h"

namespace mammograft {

class RefineStage : public Stage {
 public:
  RefineOptions refine;
  fs::path cohort;  // a folder, or any COCO JSON with its images beside it
  fs::path out;

  std::string name() const override { return "refine"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {cohort}; }
  Json options() const override { return to_json(refine); }
  void check() const override;
  void run(const RunContext& context) override;
};

}  // namespace mammograft
