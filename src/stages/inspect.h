// What a cohort holds, as numbers and contact sheets.
#pragma once

#include <optional>

#include "cohort/contact_sheet.h"
#include "cohort/summary.h"
#include "core/options.h"
#include "stages/stage.h"

namespace mammograft {

class InspectStage : public Stage {
 public:
  ContactSheetOptions sheets;
  fs::path cohort;  // a folder, or any COCO JSON
  fs::path out;

  std::string name() const override { return "inspect"; }
  Output output() const override { return {out, "summary.json"}; }
  std::vector<fs::path> inputs() const override { return {cohort}; }
  Json options() const override { return to_json(sheets); }
  void check() const override { mammograft::check(sheets); }
  void run(const RunContext& context) override;

  // What `inspect` prints, with or without an output. Reads the cohort, once.
  const CohortSummary& summary();

 private:
  std::optional<Cohort> read_;
  std::optional<CohortSummary> summary_;
};

}  // namespace mammograft
