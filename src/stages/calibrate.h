// What int8 needs to know of a detector, learnt from images.
#pragma once

#include "core/options.h"
#include "stages/cohort_part.h"
#include "stages/stage.h"

namespace mammograft {

struct CalibrateOptions {
  int images = 64;
  double mm_per_px = 0;
  template <typename V>
  void fields(V&& v) {
    v("images", images, "how many of the images are looked at, drawn at random; 0: all");
    v("mm_per_px", mm_per_px,
      "pixel spacing of loose files, for models that work in mm; 0: not known");
  }
};

class CalibrateStage : public Stage {
 public:
  CalibrateOptions calibration;
  fs::path model;
  CohortPart part;                 // a cohort, its training part,
  std::vector<std::string> files;  // or loose files and folders
  fs::path out;                    // a file

  std::string name() const override { return "calibrate"; }
  Output output() const override { return {out, ""}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  void run(const RunContext& context) override;
};

}  // namespace mammograft
