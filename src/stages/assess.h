// How real synthetic masses look, and the report.
#pragma once

#include "assess/assess.h"
#include "pages/assessment_report.h"
#include "stages/stage.h"

namespace mammograft {

struct AssessStageOptions {
  AssessOptions assess;
  AssessmentReportOptions report;
  template <typename V>
  void fields(V&& v) {
    assess.fields(v);
    report.fields(v);
  }
};

class AssessStage : public Stage {
 public:
  AssessStageOptions assessment;
  std::vector<std::string> real;
  std::vector<std::string> synthetic;             // COHORT or NAME=COHORT
  std::vector<std::string> lesions, backgrounds;  // where sources lie that `real` does not hold
  std::vector<std::string> detections;            // COHORT=FILE, COHORT one of those above
  std::string folds;                              // a file; empty: made from all patients
  fs::path out;

  std::string name() const override { return "assess"; }
  Output output() const override { return {out, "assessment.json"}; }
  std::vector<fs::path> inputs() const override;
  Json options() const override;
  void check() const override;
  void run(const RunContext& context) override;

 private:
  AssessInput read() const;
  size_t place_of(const std::string& cohort) const;
  void attach_scores(const std::string& path, Cohort& cohort) const;
};

}  // namespace mammograft
