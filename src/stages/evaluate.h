// Detections scored against the truth, and the report.
#pragma once

#include "assess/assess.h"
#include "core/options.h"
#include "evaluate/evaluate.h"
#include "exchange/exchange_options.h"
#include "pages/evaluation_page.h"
#include "stages/stage.h"

namespace mammograft {

struct GraftReportOptions {
  std::optional<double> window_mm_per_px;
  std::vector<double> spacing_mm;
  int count = 8;
  template <typename V>
  void fields(V&& v) {
    v("window_mm_per_px", window_mm_per_px,
      "scale of the measures; none: that of the first image of the truth that tells its spacing");
    v("mm_per_px", spacing_mm,
      "pixel spacing of images that do not tell theirs: one value, or row and column");
    v("count", count, "lesions shown before and after grafting; 0: measures only");
  }
};

struct EvaluateStageOptions {
  EvaluateOptions evaluate;
  ExchangeOptions exchange;
  EvaluationReportOptions report;
  GraftReportOptions grafts;
  std::vector<std::string> exports;
  template <typename V>
  void fields(V&& v) {
    evaluate.fields(v);
    exchange.fields(v);
    report.fields(v);
    v.group("grafts", grafts);
    v("exports", exports,
      "files for statistics packages, too: rjafroc (study.xlsx), imrmc (study.imrmc)");
  }
};

class EvaluateStage : public Stage {
 public:
  EvaluateStageOptions evaluation;
  fs::path truth;                    // as exchange/truth_file.h reads it
  std::vector<fs::path> files;       // detections, as exchange/results_file.h reads them
  std::vector<std::string> systems;  // in their place "name=FILE,FILE": one training of a system
  // Synthetic masses that the report shows and measures beside the truth's, COHORT or NAME=COHORT.
  std::vector<std::string> grafts;
  fs::path search;    // what `detect` found in loose files, which the report shows; or empty
  fs::path training;  // a training's folder, whose curves the report shows; or empty
  fs::path out;

  std::string name() const override { return "evaluate"; }
  Output output() const override { return {out, "report.html"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  void check_options() const;  // whatever machine it will run on
  void run(const RunContext& context) override;

 private:
  // What the report says of the grafts; their table goes to `out`.
  Section shown_grafts(const Cohort& truth, const RunContext& context) const;
};

}  // namespace mammograft
