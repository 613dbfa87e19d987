// Procedural mammograms as a cohort, or as a release of mammograms.
#pragma once

#include "phantom/inbreast_release.h"
#include "phantom/phantom.h"
#include "stages/stage.h"

namespace mammograft {

struct PhantomStageOptions {
  PhantomOptions phantom;
  std::string layout = "cohort";
  ReleaseOptions release;
  template <typename V>
  void fields(V&& v) {
    phantom.fields(v);
    v.choice("layout", layout, {"cohort", "inbreast"},
             "a cohort; or a release as INbreast is one, with the cohort beside it in OUT/cohort");
    v.group("release", release);
  }
};

class PhantomStage : public Stage {
 public:
  PhantomStageOptions phantom;  // its seed counts, not the context's
  fs::path out;

  std::string name() const override { return "phantom"; }
  Output output() const override;
  std::vector<fs::path> inputs() const override { return {}; }
  Json options() const override { return to_json(phantom); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
