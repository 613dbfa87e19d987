// Detections scored against the truth, and the report.
#pragma once

#include "core/options.h"
#include "evaluate/evaluate.h"
#include "exchange/exchange_options.h"
#include "pages/evaluation_page.h"
#include "stages/stage.h"

namespace mammograft {

struct EvaluateStageOptions {
  EvaluateOptions evaluate;
  ExchangeOptions exchange;
  EvaluationReportOptions report;
  std::vector<std::string> exports;
  template <typename V>
  void fields(V&& v) {
    evaluate.fields(v);
    exchange.fields(v);
    report.fields(v);
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
  fs::path training;                 // a training's folder, whose curves the report shows; or empty
  fs::path out;

  std::string name() const override { return "evaluate"; }
  Output output() const override { return {out, "report.html"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  void run(const RunContext& context) override;
};

}  // namespace mammograft
