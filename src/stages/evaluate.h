// Detections scored against the truth, and the report.
#pragma once

#include "evaluate/evaluate.h"
#include "stages/stage.h"

namespace mammograft {

struct EvaluateStageOptions {
  EvaluateOptions evaluate;
  std::string title = "Evaluation of a mass detector";
  int cases = 6;
  double gallery_fppi = 0.5;
  template <typename V>
  void fields(V&& v) {
    evaluate.fields(v);
    v("title", title, "title of the report");
    v("cases", cases, "pictures of each kind in the report's gallery; 0: none");
    v("gallery_fppi", gallery_fppi, "operating point of the gallery, false positives per image");
  }
};

class EvaluateStage : public Stage {
 public:
  EvaluateStageOptions evaluation;
  fs::path truth;               // a cohort, or any COCO JSON
  std::vector<fs::path> files;  // detections
  fs::path training;            // a training's folder, whose curves the report shows; or empty
  fs::path out;

  std::string name() const override { return "evaluate"; }
  Output output() const override { return {out, "report.html"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override { return to_json(evaluation); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
