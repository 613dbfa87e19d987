// A detector told what its scores are worth, from what it found in held-out patients.
#pragma once

#include "core/options.h"
#include "evaluate/evaluate_options.h"
#include "exchange/exchange_options.h"
#include "stages/stage.h"

namespace mammograft {

struct OperatingPointsOptions {
  MatchingOptions matching;
  std::string unit = "image";
  std::vector<double> fppi = {0.1, 0.25, 0.5, 1};
  std::string fppi_over = "all";
  std::vector<std::string> categories;
  bool allow_leak = false;
  BootstrapOptions bootstrap;
  std::string strata = "none";
  ExchangeOptions exchange;
  std::string place = "auto";
  EvaluateOptions evaluation() const;  // all files as one result
  template <typename V>
  void fields(V&& v) {
    matching.fields(v);
    v.choice("unit", unit, {"image", "breast", "patient"},
             "what is to be found: every mass of every image, a breast or a patient with masses "
             "(any view suffices)");
    v("fppi", fppi, "false positives per image at which there is a threshold");
    v.choice("fppi_over", fppi_over, {"all", "normal", "unmatched"},
             "images over which false positives are counted: all, those of status normal, or those "
             "without a mass");
    v("categories", categories, "names of the categories to score; none: all of the truth");
    v("allow_leak", allow_leak, "learn even from patients from whom the detector learnt");
    v.group("bootstrap", bootstrap);
    v.choice("strata", strata, {"none", "masses", "folds"},
             "patients that are drawn apart: with and without masses, or by detections file");
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
  void check() const override { checked(points.evaluation()); }
  void run(const RunContext& context) override;
};

}  // namespace mammograft
