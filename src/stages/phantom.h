// Procedural mammograms as a cohort.
#pragma once

#include "phantom/phantom.h"
#include "stages/stage.h"

namespace mammograft {

class PhantomStage : public Stage {
 public:
  PhantomOptions phantom;  // its seed counts, not the context's
  fs::path out;

  std::string name() const override { return "phantom"; }
  Output output() const override { return {out, "cohort.json"}; }
  std::vector<fs::path> inputs() const override { return {}; }
  Json options() const override { return to_json(phantom); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
