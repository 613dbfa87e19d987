// A detector told what its scores are worth, from what it found in held-out patients.
#pragma once

#include "core/options.h"
#include "evaluate/evaluate_options.h"
#include "exchange/exchange_options.h"
#include "stages/stage.h"

namespace mammograft {

struct OperatingPointsOptions {
  EvaluateOptions evaluate;
  ExchangeOptions exchange;
  std::string place = "auto";
  OperatingPointsOptions() { evaluate.fppi = {0.1, 0.25, 0.5, 1}; }
  template <typename V>
  void fields(V&& v) {
    evaluate.fields(v);
    exchange.fields(v);
    v.choice("place", place, {"auto", "yes", "no"},
             "score by where in the breast a detection lies too, as the held-out patients teach: "
             "where that finds more in patients left out of the fit, always, never");
  }
};

class OperatingPointsStage : public Stage {
 public:
  OperatingPointsOptions points;
  fs::path model;               // a detector's file
  fs::path truth;               // of patients from whom it did not learn
  std::vector<fs::path> files;  // what it found there
  fs::path out;                 // the detector's file with its points

  std::string name() const override { return "operating-points"; }
  Output output() const override { return {out, ""}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override { return to_json(points); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
